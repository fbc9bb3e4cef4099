"""The text of a page, as it is written and in the order in which it is drawn."""

from collections.abc import Iterator

from kiosk.ofd.model import GroupUnit, PageContent, TextUnit, Unit


def page_text(page: PageContent) -> str:
    """Each text object on a line of its own; templates first, annotations last."""
    parts = [unit for layer in page.layers for unit in layer.units]
    parts += [unit for one in page.annotations for unit in one.units]
    return "\n".join(_lines(parts))


def _lines(units: list[Unit] | tuple[Unit, ...]) -> Iterator[str]:
    for unit in units:
        if isinstance(unit, GroupUnit):
            yield from _lines(unit.units)
        elif isinstance(unit, TextUnit) and unit.common.visible:
            yield "".join(code.text for code in unit.codes)
