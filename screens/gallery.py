"""`python -m screens.gallery`: a picture of every screen into docs/gallery.

With `--check` every screen is laid out and looked at by rules instead: no clipped text,
no missing glyph, no overlap, no small target. With `--layout` the buttons of a screen
are printed with their places, for tests that touch a real window.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from screens import environment, fonts

WIDTH, HEIGHT, PX_PER_MM = 1080, 1920, 4.03


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m screens.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/gallery"))
    parser.add_argument("--only", help="one screen by name")
    parser.add_argument("--check", action="store_true", help="check, draw nothing")
    parser.add_argument("--layout", action="store_true", help="print buttons as JSON")
    parser.add_argument("--scale", type=float, default=1.0, help="of the panel's pixels")
    return parser.parse_args(arguments)


def make_view(scale: float) -> tuple[Any, Any]:
    """A view on sample data, and the window."""
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from screens.base import Ui
    from screens.samples import sample_visit
    from screens.view import KioskView

    EventLoop.ensure_window()
    per_mm = PX_PER_MM * scale
    ui = Ui(WIDTH / PX_PER_MM, HEIGHT / PX_PER_MM, per_mm, "柳塘村便民服务中心",
            "Liutang Village Service Centre", "DEMO-0001", sample_visit(), lambda _: None,
            "柳塘镇政务服务中心，柳塘大街 8 号", "Liutang Town Service Centre, 8 Liutang Street",
            lambda: {"version": "0.1.0", "key_protection": "tpm", "suite": "aes-256-gcm",
                     "queue": "citizen 2, audit 37, rest 5", "contacts": "812",
                     "clock": "trusted"})
    view = KioskView(ui)
    view.build()
    Window.add_widget(view)
    return view, Window


def settle() -> None:
    """Let Kivy lay out and draw what was changed."""
    from kivy.base import EventLoop

    for _ in range(12):
        EventLoop.idle()


def main() -> int:
    """Draw or check; the exit status."""
    options = parse()
    try:
        fonts.require()
    except fonts.NoFonts as error:
        print(error, file=sys.stderr)
        return 2
    environment.prepare(round(WIDTH * options.scale), round(HEIGHT * options.scale), False)
    from screens.samples import IN_GALLERY, prepare, sample_states

    states = sample_states()
    if options.only:
        if options.only not in states:
            print(f"no screen {options.only!r}; known: {', '.join(states)}", file=sys.stderr)
            return 2
        states = {options.only: states[options.only]}
    elif not options.check:
        shown = {f"problem_{reason}" for reason in IN_GALLERY}
        states = {n: s for n, s in states.items() if not n.startswith("problem_") or n in shown}
    view, window = make_view(options.scale)
    findings = []
    layout: dict[str, Any] = {}
    for name, state in states.items():
        prepare(view.visit, name)
        view.show(state)
        settle()
        if options.check or options.layout:
            from screens.inspect import buttons, inspect

            layout[name] = buttons(view)
            findings += [f"{name}: {finding}" for finding in inspect(view)]
        else:
            picture(window, view, options.out / f"{name}.png")
    if options.layout:
        print(json.dumps(layout))
        return 0
    for finding in findings:
        print(finding, file=sys.stderr)
    if options.check:
        print(f"{len(states)} screens checked, {len(findings)} findings")
    return 1 if findings else 0


def picture(window: Any, view: Any, path: Path) -> None:
    """Write what the window shows, at half its size."""
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = (round(side) for side in view.size)
    raw = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", (width, height), bytes(raw)).transpose(
        Image.Transpose.FLIP_TOP_BOTTOM
    )
    small = image.resize((width // 2, height // 2), Image.Resampling.LANCZOS)
    small.quantize(128).save(path, optimize=True)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
