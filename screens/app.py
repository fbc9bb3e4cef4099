"""Opens the window, shows the first screen at once, and brings the terminal up behind it."""

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screens import environment, fonts

if TYPE_CHECKING:
    from kiosk.config import Config
    from kiosk.hygiene.scratch import Scratch
    from kiosk.terminal import Terminal

log = logging.getLogger(__name__)

Extra = Callable[[Any, "Terminal"], None]


def run_configured(path: Path) -> int:
    """Run a terminal from its configuration file; the exit status."""
    from kiosk.config import BadConfiguration, load
    from kiosk.hygiene.scratch import NoScratch, Scratch

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        fonts.require()
        config = load(path)
        scratch = Scratch.open(config.terminal.id)
        scratch.use()
        return run(config, scratch=scratch)
    except (BadConfiguration, fonts.NoFonts, NoScratch) as error:
        print(error, file=sys.stderr)
        return 2


def run(
    config: "Config", beside_px: int = 0, extra: Extra | None = None,
    scratch: "Scratch | None" = None,
) -> int:
    """Run until the window is closed; the exit status.

    `beside_px` is room to the right of the kiosk; `extra(root, terminal)` may fill it;
    `scratch` is where temporary files go.
    """
    # Until all is loaded there is nothing for the collector to find: a fifth of the start.
    gc.disable()
    screen = config.screen
    environment.prepare(screen.width + beside_px, screen.height, screen.fullscreen)
    return asyncio.run(_run(config, beside_px, extra, scratch))


async def _run(
    config: "Config", beside_px: int, extra: Extra | None, scratch: "Scratch | None"
) -> int:
    from kivy.base import EventLoop, async_runTouchApp, stopTouchApp
    from kivy.core.window import Window
    from kivy.uix.widget import Widget

    from kiosk.visit.personal import Visit
    from kiosk.visit.states import State
    from screens.base import Ui
    from screens.view import KioskView

    visit = Visit()
    waiting: list[Any] = []
    terminals: list[Any] = []

    def send(event: Any) -> None:
        (terminals[0].engine.send if terminals else waiting.append)(event)

    panel = config.screen
    ui = Ui(
        panel.width / panel.px_per_mm, panel.height / panel.px_per_mm, panel.px_per_mm,
        config.terminal.place_zh, config.terminal.place_en, config.terminal.id, visit, send,
    )
    root = Widget(size=(panel.width + beside_px, panel.height))
    view = KioskView(ui)
    view.build()
    view.show(State())
    root.add_widget(view)
    Window.set_title("Tongban")
    Window.clearcolor = (0.9, 0.92, 0.95, 1)

    async def bring_up() -> None:
        await first_frames(EventLoop)
        from kiosk.terminal import Terminal

        terminal = Terminal(config, visit, scratch=scratch)
        terminals.append(terminal)
        terminal.engine.observe(lambda state, _: view.show(state))
        if extra is not None:
            extra(root, terminal)
        while view.prebuild():
            await asyncio.sleep(0.02)
        await terminal.start()
        # What is built by now stays: the collector need not look at it in a visit,
        # where that would cost several frames.
        gc.collect()
        gc.freeze()
        gc.enable()

    bringing_up = asyncio.create_task(_or_stop(bring_up, stopTouchApp))
    await async_runTouchApp(root, async_lib="asyncio")
    bringing_up.cancel()
    results = await asyncio.gather(bringing_up, return_exceptions=True)
    for terminal in terminals:
        await terminal.stop()
    failed = isinstance(results[0], Exception)
    if failed:
        raise results[0]  # type: ignore[misc]
    return 0


async def _or_stop(work: Callable[[], Awaitable[None]], stop: Callable[[], None]) -> None:
    """Do the work; if it fails, close the window so that the failure is told."""
    try:
        await work()
    except Exception:
        stop()
        raise


async def first_frames(loop: Any) -> None:
    """Return when the first screen has been drawn."""
    while not loop.window or getattr(loop, "status", "") != "started":
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
