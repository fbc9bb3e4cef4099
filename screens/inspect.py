"""Looks at a laid-out screen by rules, in place of an eye: geometry, glyphs, contrast.

Clipped text (Kivy overflows without a word), characters that no font has, texts or
targets that lie on each other, targets below 20 mm, and anything outside the panel.
"""

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from kivy.core.text import Label as CoreLabel

from screens import fonts, theme
from screens.widgets import Text, TouchButton

SLACK_PX = 1.5
LEADING = 0.2
"""The empty part above and below the characters of a line, in units of its size."""


@cache
def glyphs(path: Path) -> frozenset[int]:
    """The characters that a font has."""
    return frozenset(TTFont(path, lazy=True).getBestCmap())


def seen(view: Any, kind: type) -> list[Any]:
    """The widgets of a kind that can be seen."""
    return [w for w in view.walk(restrict=True) if isinstance(w, kind) and opaque(w, view)]


def opaque(widget: Any, view: Any) -> bool:
    """Whether neither a widget nor what holds it is hidden."""
    while widget is not view and widget is not None:
        if widget.opacity == 0:
            return False
        widget = widget.parent
    return True


def inspect(view: Any) -> Iterator[str]:
    """What is wrong with a screen; nothing if all is well."""
    texts = [text for text in seen(view, Text) if text.text]
    for text in texts:
        yield from _text(text, view)
    for first, second in combinations(texts, 2):
        if same_layer(first, second) and overlap(ink(first), ink(second)):
            yield f"{first.text!r} lies on {second.text!r}"
    for button in seen(view, TouchButton):
        smaller = min(button.size) / view.px_per_mm
        if smaller < theme.TARGET - 0.1:
            yield f"button {button.name} is only {smaller:.1f} mm"
    for one, other in combinations(seen(view, TouchButton), 2):
        if same_layer(one, other) and overlap(box(one), box(other)):
            yield f"button {one.name} lies on button {other.name}"


def _text(text: Any, view: Any) -> Iterator[str]:
    wide, high = natural_size(text)
    if wide > text.width + SLACK_PX or high > text.height + SLACK_PX:
        yield f"{text.text!r} is clipped: {wide}x{high} in {text.width:.0f}x{text.height:.0f}"
    if text.x < view.x - 1 or text.right > view.right + 1:
        yield f"{text.text!r} is outside the panel"
    if text.mm_size < theme.SMALL:
        yield f"{text.text!r} is set too small"
    missing = {c for c in text.text if ord(c) >= 32 and not has_glyph(c)}
    if missing and not text.markup:
        yield f"no glyph for {missing}"


def natural_size(text: Any) -> tuple[int, int]:
    """The pixels that the words need, wrapped at the width that they have."""
    label = CoreLabel(
        text=text.text, font_size=text.font_size, font_name=text.font_name,
        text_size=(text.width, None), halign="left",
    )
    label.refresh()
    lines = label._cached_lines or []
    wide = max((line.w for line in lines), default=0)
    return wide, label.content_height


def has_glyph(character: str) -> bool:
    """Whether a font that is used for a character has it."""
    rare = ord(character) >= fonts.FIRST_RARE
    return ord(character) in glyphs(fonts.RARE if rare else fonts.REGULAR)


def ink(text: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the words themselves."""
    wide, high = natural_size(text)
    left = {"left": text.x, "center": text.center_x - wide / 2, "right": text.right - wide}
    bottom = {"bottom": text.y, "middle": text.center_y - high / 2, "top": text.top - high}
    x, y = left[text.halign], bottom[text.valign]
    air = LEADING * text.font_size
    return x, y + air, x + wide, y + high - air


def box(widget: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a widget."""
    return widget.x, widget.y, widget.right, widget.top


def same_layer(first: Any, second: Any) -> bool:
    """Whether two texts are meant to be seen at once, not one over the other."""
    return bool(layer_of(first) == layer_of(second))


def layer_of(widget: Any) -> bool:
    """Whether a widget belongs to the question above every screen."""
    from screens.still_there import StillThere

    while widget is not None and not isinstance(widget, StillThere):
        widget = widget.parent if widget.parent is not widget else None
    return widget is not None


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes share more than an edge."""
    return (
        min(a[2], b[2]) - max(a[0], b[0]) > SLACK_PX
        and min(a[3], b[3]) - max(a[1], b[1]) > SLACK_PX
    )


def buttons(view: Any) -> dict[str, list[float]]:
    """Every button's centre, in pixels from the window's top left."""
    return {
        button.name: [button.center_x, view.top - button.center_y]
        for button in seen(view, TouchButton)
    }
