"""Colours, shadings, patterns and line styles from XML (GB/T 33190, clauses 8.2 and 8.3)."""

from collections.abc import Callable

from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.model import (
    Colour,
    ColourSpace,
    DrawParam,
    Extend,
    Gradient,
    Mapping,
    Mesh,
    Pattern,
    Stop,
    Style,
    Unit,
    Vertex,
)
from kiosk.ofd.values import maybe_number, number, to_matrix, to_number, to_numbers
from kiosk.ofd.xml import Element, attribute, child, children, text_of

ReadUnits = Callable[[Element], tuple[Unit, ...]]
OPAQUE = 255.0
MOST_VERTICES = 100_000


def to_id(text: str | None, where: str) -> int | None:
    """A reference; None where there is none. Raises OfdError."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise OfdError(OfdReason.BAD_VALUE, where, repr(text[:40]))
    return int(text)


def identifier(element: Element, name: str) -> int | None:
    """An attribute that is a reference. Raises OfdError."""
    return to_id(attribute(element, name), f"{element.tag}@{name}")


def to_components(text: str, where: str) -> tuple[float, ...]:
    """A colour's components: decimal, or hexadecimal behind `#`. Raises OfdError."""
    components = []
    for word in text.replace(",", " ").split():
        if word.startswith("#"):
            try:
                components.append(float(int(word[1:], 16)))
            except ValueError as error:
                raise OfdError(OfdReason.BAD_VALUE, where, repr(word[:20])) from error
        else:
            components.append(to_number(word, where))
    return tuple(components)


def read_colour(element: Element | None, read_units: ReadUnits) -> Colour | None:
    """FillColor, StrokeColor and every other CT_Color. Raises OfdError."""
    if element is None:
        return None
    where = str(element.tag)
    value = attribute(element, "Value")
    index = maybe_number(element, "Index")
    return Colour(
        values=to_components(value, where) if value else (),
        space=identifier(element, "ColorSpace"),
        index=None if index is None else int(index),
        alpha=_part(number(element, "Alpha", OPAQUE)),
        shading=_read_shading(element, read_units),
    )


def _part(alpha: float) -> float:
    return min(max(alpha, 0.0), OPAQUE) / OPAQUE


def read_alpha(element: Element) -> float:
    """The opacity of a whole object, from 0 to 1. Raises OfdError."""
    return _part(number(element, "Alpha", OPAQUE))


def _read_shading(
    element: Element, read_units: ReadUnits
) -> Gradient | Mesh | Pattern | None:
    for one in children(element):
        match one.tag:
            case "AxialShd":
                return _read_gradient(one, read_units, radial=False)
            case "RadialShd":
                return _read_gradient(one, read_units, radial=True)
            case "GouraudShd" | "LaGourandShd" | "LaGouraudShd":
                return _read_mesh(one, read_units)
            case "Pattern":
                return _read_pattern(one, read_units)
    return None


def _read_point(element: Element, name: str) -> tuple[float, float]:
    text = attribute(element, name) or attribute(element, name[0].lower() + name[1:])
    numbers = to_numbers(text or "", f"{element.tag}@{name}")
    if len(numbers) != 2:
        raise OfdError(OfdReason.BAD_VALUE, f"{element.tag}@{name}", f"{len(numbers)} numbers")
    return numbers[0], numbers[1]


def _read_gradient(element: Element, read_units: ReadUnits, *, radial: bool) -> Gradient:
    segments = list(children(element, "Segment", "Seqment"))
    stops = []
    for place, segment in enumerate(segments):
        colour = read_colour(child(segment, "Color"), read_units)
        if colour is None:
            raise OfdError(OfdReason.BAD_VALUE, f"{element.tag}/Segment", "without a colour")
        even = place / max(1, len(segments) - 1)
        stops.append(Stop(min(max(number(segment, "Position", even), 0.0), 1.0), colour))
    if not stops:
        raise OfdError(OfdReason.BAD_VALUE, str(element.tag), "without colours")
    extend = int(number(element, "Extend", 0))
    radii = None
    if radial:
        radii = number(element, "StartRadius", 0.0), number(element, "EndRadius", 0.0)
    return Gradient(
        start=_read_point(element, "StartPoint"),
        end=_read_point(element, "EndPoint"),
        stops=tuple(sorted(stops, key=lambda stop: stop.position)),
        extend=Extend(extend if 0 <= extend <= 3 else 0),
        mapping=_mapping(attribute(element, "MapType")),
        unit=maybe_number(element, "MapUnit"),
        radii=radii,
        angle=number(element, "Angle", 0.0),
        eccentricity=number(element, "Eccentricity", 0.0),
    )


def _mapping(text: str | None) -> Mapping:
    known = {one.value.lower(): one for one in Mapping}
    return known.get((text or "").lower(), Mapping.DIRECT)


def _read_mesh(element: Element, read_units: ReadUnits) -> Mesh:
    vertices = []
    for point in children(element, "Point"):
        colour = read_colour(child(point, "Color"), read_units)
        x, y = number(point, "X", 0.0), number(point, "Y", 0.0)
        edge = int(number(point, "EdgeFlag", 0))
        vertices.append(Vertex(x, y, colour or Colour(), edge))
    if len(vertices) > MOST_VERTICES:
        raise OfdError(OfdReason.TOO_LARGE, str(element.tag), f"{len(vertices)} vertices")
    per_row = maybe_number(element, "VerticesPerRow")
    return Mesh(tuple(vertices), None if per_row is None else max(2, int(per_row)))


def _read_pattern(element: Element, read_units: ReadUnits) -> Pattern:
    width, height = number(element, "Width", 0.0), number(element, "Height", 0.0)
    if width <= 0 or height <= 0:
        raise OfdError(OfdReason.BAD_VALUE, "Pattern", f"{width:g} by {height:g}")
    cell = child(element, "CellContent")
    return Pattern(
        width=width,
        height=height,
        x_step=max(number(element, "XStep", width), width),
        y_step=max(number(element, "YStep", height), height),
        reflect=attribute(element, "ReflectMethod") or "Normal",
        of_page=attribute(element, "RelativeTo") == "Page",
        matrix=to_matrix(attribute(element, "CTM"), "Pattern@CTM"),
        content=read_units(cell) if cell is not None else (),
    )


def read_style(element: Element, read_units: ReadUnits) -> Style:
    """Line style and colours of a graphic unit or draw parameter. Raises OfdError."""
    dashes = attribute(element, "DashPattern")
    return Style(
        line_width=maybe_number(element, "LineWidth"),
        cap=attribute(element, "Cap"),
        join=attribute(element, "Join"),
        miter_limit=maybe_number(element, "MiterLimit"),
        dash_offset=maybe_number(element, "DashOffset"),
        dashes=to_numbers(dashes, f"{element.tag}@DashPattern") if dashes else None,
        fill=read_colour(child(element, "FillColor"), read_units),
        stroke=read_colour(child(element, "StrokeColor"), read_units),
    )


def read_draw_param(element: Element, read_units: ReadUnits) -> DrawParam:
    """A draw parameter of the resources. Raises OfdError."""
    return DrawParam(read_style(element, read_units), identifier(element, "Relative"))


def read_colour_space(element: Element) -> ColourSpace:
    """A colour space of the resources. Raises OfdError."""
    kind = (attribute(element, "Type") or "RGB").upper()
    palette = tuple(
        to_components(attribute(one, "Value") or text_of(one), "Palette/CV")
        for one in children(child(element, "Palette"), "CV")
    )
    bits = int(number(element, "BitsPerComponent", 8))
    return ColourSpace(
        kind if kind in ("GRAY", "RGB", "CMYK") else "RGB", bits if bits in (1, 2, 4, 8, 16) else 8,
        palette,
    )
