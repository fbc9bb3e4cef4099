"""What a colour, gradient, mesh or pattern is to the drawing library."""

import math
from collections.abc import Callable

import skia

from kiosk.ofd.model import (
    Colour,
    ColourSpace,
    Extend,
    Gradient,
    Mapping,
    Mesh,
    Pattern,
    Resources,
    Style,
    Vertex,
)
from kiosk.ofd.values import Matrix

BLACK = 0xFF000000
DEEPEST_RELATIVE = 16
SMALLEST_UNIT = 1e-3


def to_argb(colour: Colour, resources: Resources) -> int:
    """A plain colour as 0xAARRGGBB; a shading gives its first colour."""
    if colour.shading is not None and not colour.values:
        return _first_colour(colour, resources)
    named = colour.space or resources.default_space or -1
    space = resources.spaces.get(named) or ColourSpace()
    values = colour.values
    if not values and colour.index is not None and colour.index < len(space.palette):
        values = space.palette[colour.index]
    red, green, blue = _rgb(values, space)
    return round(colour.alpha * 255) << 24 | red << 16 | green << 8 | blue


def _first_colour(colour: Colour, resources: Resources) -> int:
    match colour.shading:
        case Gradient(stops=(first, *_)):
            return to_argb(first.colour, resources)
        case Mesh(vertices=(first, *_)):
            return to_argb(first.colour, resources)
    return BLACK


def _rgb(values: tuple[float, ...], space: ColourSpace) -> tuple[int, int, int]:
    top = float(2**space.bits - 1)
    parts = [min(max(one / top, 0.0), 1.0) for one in values]
    if len(parts) == 4 or (space.kind == "CMYK" and len(parts) >= 4):
        white = 1 - parts[3]
        rgb = [(1 - one) * white for one in parts[:3]]
    elif len(parts) >= 3:
        rgb = parts[:3]
    else:
        rgb = [parts[0] if parts else 0.0] * 3
    red, green, blue = (round(one * 255) for one in rgb)
    return red, green, blue


def to_matrix(matrix: Matrix) -> skia.Matrix:
    """Our six numbers as the library's nine."""
    made = skia.Matrix()
    made.setAll(matrix.a, matrix.c, matrix.e, matrix.b, matrix.d, matrix.f, 0, 0, 1)
    return made


def gradient_shader(gradient: Gradient, resources: Resources) -> skia.Shader | None:
    """A gradient in the coordinates of its object."""
    positions, colours = _stops(gradient, resources)
    start, end = skia.Point(*gradient.start), skia.Point(*gradient.end)
    mode = {
        Mapping.DIRECT: skia.TileMode.kClamp,
        Mapping.REPEAT: skia.TileMode.kRepeat,
        Mapping.REFLECT: skia.TileMode.kMirror,
    }[gradient.mapping]
    if gradient.radii is None:
        length = math.dist(gradient.start, gradient.end)
        if gradient.mapping is not Mapping.DIRECT and gradient.unit and length > 0:
            part = max(gradient.unit, SMALLEST_UNIT) / length
            end = skia.Point(
                start.x() + (end.x() - start.x()) * part, start.y() + (end.y() - start.y()) * part
            )
        return skia.GradientShader.MakeLinear([start, end], colours, positions, mode)
    shape = skia.Matrix()
    flat = math.sqrt(max(0.0, 1 - min(gradient.eccentricity, 0.999) ** 2))
    shape.preTranslate(start.x(), start.y())
    shape.preRotate(gradient.angle)
    shape.preScale(1, flat)
    shape.preRotate(-gradient.angle)
    shape.preTranslate(-start.x(), -start.y())
    radii = max(gradient.radii[0], 0.0), max(gradient.radii[1], 0.0)
    return skia.GradientShader.MakeTwoPointConical(
        start, radii[0], end, radii[1], colours, positions, mode, 0, shape
    )


def _stops(gradient: Gradient, resources: Resources) -> tuple[list[float], list[int]]:
    """Positions and colours; beyond an end that does not extend, nothing is drawn."""
    positions = [stop.position for stop in gradient.stops]
    colours = [to_argb(stop.colour, resources) for stop in gradient.stops]
    if len(positions) == 1:
        positions, colours = positions * 2, colours * 2
    positions[0], positions[-1] = 0.0, 1.0
    if gradient.mapping is Mapping.DIRECT:
        if gradient.extend in (Extend.NONE, Extend.END):
            positions, colours = [0.0, *positions], [colours[0] & 0xFFFFFF, *colours]
        if gradient.extend in (Extend.NONE, Extend.START):
            positions, colours = [*positions, 1.0], [*colours, colours[-1] & 0xFFFFFF]
    return positions, colours


def mesh_vertices(mesh: Mesh, resources: Resources) -> skia.Vertices | None:
    """The triangles of a mesh; None where there are none."""
    corners = _lattice(mesh) if mesh.per_row else _free_triangles(mesh.vertices)
    if not corners:
        return None
    return skia.Vertices(
        skia.Vertices.VertexMode.kTriangles_VertexMode,
        [skia.Point(one.x, one.y) for one in corners],
        None,
        [to_argb(one.colour, resources) for one in corners],
    )


def _free_triangles(vertices: tuple[Vertex, ...]) -> list[Vertex]:
    """Edge flag 0 begins a triangle with the next two; 1 and 2 go on from the last one."""
    corners: list[Vertex] = []
    place = 0
    while place < len(vertices):
        one = vertices[place]
        if one.edge == 0 or len(corners) < 3:
            corners.extend(vertices[place : place + 3])
            place += 3
        else:
            first, second, third = corners[-3:]
            corners.extend((second if one.edge == 1 else first, third, one))
            place += 1
    return corners[: len(corners) // 3 * 3]


def _lattice(mesh: Mesh) -> list[Vertex]:
    per_row = mesh.per_row or 2
    corners: list[Vertex] = []
    for start in range(0, len(mesh.vertices) - 2 * per_row + 1, per_row):
        for column in range(per_row - 1):
            a = start + column
            square = [mesh.vertices[one] for one in (a, a + 1, a + per_row, a + per_row + 1)]
            corners.extend((square[0], square[1], square[2], square[1], square[3], square[2]))
    return corners


def pattern_shader(
    pattern: Pattern, draw_cell: Callable[[skia.Canvas], None], to_object: skia.Matrix | None
) -> skia.Shader:
    """A pattern in the coordinates of its object.

    `to_object` maps the page's coordinates to the object's, for patterns of the page.
    """
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(skia.Rect.MakeWH(pattern.width, pattern.height))
    canvas.clipRect(skia.Rect.MakeWH(pattern.width, pattern.height))
    draw_cell(canvas)
    picture = recorder.finishRecordingAsPicture()
    local = to_matrix(pattern.matrix) if pattern.matrix is not None else skia.Matrix()
    if pattern.of_page and to_object is not None:
        local = skia.Matrix.Concat(to_object, local)
    mirror, repeat = skia.TileMode.kMirror, skia.TileMode.kRepeat
    return picture.makeShader(
        mirror if pattern.reflect in ("Row", "RowAndColumn") else repeat,
        mirror if pattern.reflect in ("Column", "RowAndColumn") else repeat,
        skia.FilterMode.kLinear,
        local,
        skia.Rect.MakeWH(pattern.x_step, pattern.y_step),
    )


FIELDS = (
    "line_width", "cap", "join", "miter_limit", "dash_offset", "dashes", "fill", "stroke",
)


def resolve(style: Style, params: tuple[int | None, ...], resources: Resources) -> Style:
    """A style with what it leaves open taken from draw parameters, the first one first."""
    if not any(params):
        return style
    found = {name: getattr(style, name) for name in FIELDS}
    for param in params:
        wanted = param
        for _ in range(DEEPEST_RELATIVE):
            known = resources.draw_params.get(wanted) if wanted is not None else None
            if known is None:
                break
            for name in FIELDS:
                if found[name] is None:
                    found[name] = getattr(known.style, name)
            wanted = known.relative
    return Style(**found)
