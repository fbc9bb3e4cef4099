"""Draws the content of a page on a canvas whose unit is the millimetre."""

from collections.abc import Iterable, Iterator

import skia

from kiosk.ofd import colours
from kiosk.ofd.document import OfdFile
from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.fonts import FontBook
from kiosk.ofd.images import Album, masked
from kiosk.ofd.model import (
    Appearance,
    ClipArea,
    Clips,
    Colour,
    Common,
    CompositeUnit,
    GroupUnit,
    ImageUnit,
    Mesh,
    PageContent,
    PathUnit,
    Pattern,
    Resources,
    Style,
    TextUnit,
    Unit,
)
from kiosk.ofd.paths import to_path
from kiosk.ofd.text import Typesetter, draw_text, run_font
from kiosk.ofd.values import Box

LINE_WIDTH = 0.353
MITER_LIMIT = 4.234
MESH_DOTS_PER_MM, MESH_SIDE = 12.0, 2048.0
DEEPEST = 12
"""How deep composites and patterns may lie in one another."""
MARGIN = 1.0
"""What may stand over the edge of a boundary: lines have a width that writers forget."""
MOST_PROBLEMS = 50
CAPS = {
    "Round": skia.Paint.Cap.kRound_Cap, "Square": skia.Paint.Cap.kSquare_Cap,
}
JOINS = {
    "Round": skia.Paint.Join.kRound_Join, "Bevel": skia.Paint.Join.kBevel_Join,
}
SMOOTH = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)


Drawn = TextUnit | PathUnit | ImageUnit | CompositeUnit


class Painter:
    """Draws pages of one document; keeps what could not be drawn."""

    def __init__(self, file: OfdFile) -> None:
        self._fonts = FontBook(file.package)
        self._album = Album(file.package)
        self._resources = Resources()
        self._depth = 0
        self._problems: list[str] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be drawn, and is therefore missing."""
        return (*self._problems, *self._fonts.problems)

    def draw(self, canvas: skia.Canvas, page: PageContent, *, on_paper: bool = False) -> None:
        """A page without its stamps; its top left corner is the canvas's origin."""
        self._resources = page.resources
        canvas.save()
        canvas.translate(-page.area.x, -page.area.y)
        if page.shown is not None:
            canvas.clipRect(skia.Rect.MakeXYWH(*page.shown))
        for layer in page.layers:
            self._draw_all(canvas, layer.units, layer.draw_param)
        for annotation in page.annotations:
            if on_paper and not annotation.printed:
                continue
            self._draw_appearance(canvas, annotation)
        canvas.restore()

    def draw_picture(
        self, canvas: skia.Canvas, picture: skia.Image, box: Box, clip: Box | None
    ) -> None:
        """A stamp's picture in its box; opaque ones let the paper shine through."""
        canvas.save()
        canvas.translate(box.x, box.y)
        if clip is not None:
            canvas.clipRect(skia.Rect.MakeXYWH(*clip))
        paint = skia.Paint(AntiAlias=True)
        if picture.isOpaque():
            paint.setBlendMode(skia.BlendMode.kMultiply)
        canvas.drawImageRect(
            picture, skia.Rect.MakeWH(box.width, box.height), SMOOTH, paint
        )
        canvas.restore()

    def _draw_appearance(self, canvas: skia.Canvas, one: Appearance) -> None:
        canvas.save()
        canvas.translate(one.boundary.x, one.boundary.y)
        self._draw_all(canvas, one.units, None)
        canvas.restore()

    def _draw_all(
        self, canvas: skia.Canvas, units: Iterable[Unit], *params: int | None
    ) -> None:
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                raise OfdError(OfdReason.TOO_LARGE, "object", "too many levels")
            for unit in units:
                self._draw_guarded(canvas, unit, params)
        finally:
            self._depth -= 1

    def _draw_guarded(
        self, canvas: skia.Canvas, unit: Unit, params: tuple[int | None, ...]
    ) -> None:
        """Draw one unit; what is wrong with it is noted and costs only itself."""
        state = canvas.getSaveCount()
        try:
            self._draw_unit(canvas, unit, params)
        except OfdError as error:
            canvas.restoreToCount(state)
            if len(self._problems) < MOST_PROBLEMS:
                self._problems.append(str(error))

    def _draw_unit(
        self, canvas: skia.Canvas, unit: Unit, params: tuple[int | None, ...]
    ) -> None:
        if isinstance(unit, GroupUnit):
            self._draw_all(canvas, unit.units, *params)
            return
        common = unit.common
        if not common.visible or common.alpha == 0:
            return
        style = colours.resolve(common.style, (common.draw_param, *params), self._resources)
        canvas.save()
        if common.boundary is not None:
            canvas.translate(common.boundary.x, common.boundary.y)
        self._clip(canvas, unit)
        if common.matrix is not None:
            canvas.concat(colours.to_matrix(common.matrix))
        match unit:
            case TextUnit():
                self._draw_text(canvas, unit, style)
            case PathUnit():
                self._draw_path(canvas, unit, style)
            case ImageUnit():
                self._draw_image(canvas, unit)
            case CompositeUnit():
                self._draw_composite(canvas, unit, params)
        canvas.restore()

    # Clips

    def _clip(self, canvas: skia.Canvas, unit: Drawn) -> None:
        """Clip to the boundary, but for glyphs, which reach over it, and to the unit's clips."""
        box = unit.common.boundary
        if box is not None and isinstance(unit, PathUnit):
            margin = max(MARGIN, unit.common.style.line_width or 0.0)
            canvas.clipRect(
                skia.Rect.MakeLTRB(-margin, -margin, box.width + margin, box.height + margin)
            )
        if unit.common.clips is not None:
            for path in self._clip_paths(unit.common.clips, unit.common):
                canvas.clipPath(path, skia.ClipOp.kIntersect, True)

    def _clip_paths(self, clips: Clips, common: Common) -> Iterator[skia.Path]:
        for areas in clips.clips:
            own = self._union(areas)
            if own is None:
                continue
            moved = skia.Path(own)
            if clips.transformed and common.matrix is not None:
                moved.transform(colours.to_matrix(common.matrix))
            yield _fitting(own, moved, common.boundary)

    def _union(self, areas: tuple[ClipArea, ...]) -> skia.Path | None:
        """What the areas cover together; None where there are none."""
        whole: skia.Path | None = None
        for area in areas:
            path = self._outline(area.unit)
            if area.matrix is not None:
                path.transform(colours.to_matrix(area.matrix))
            whole = path if whole is None else skia.Op(whole, path, skia.PathOp.kUnion_PathOp)
        return whole

    def _outline(self, unit: PathUnit | TextUnit) -> skia.Path:
        if isinstance(unit, PathUnit):
            path = to_path(unit.data, even_odd=unit.even_odd)
        else:
            path = self._text_outline(unit)
        if unit.common.matrix is not None:
            path.transform(colours.to_matrix(unit.common.matrix))
        if unit.common.boundary is not None:
            path.offset(unit.common.boundary.x, unit.common.boundary.y)
        return path

    def _text_outline(self, unit: TextUnit) -> skia.Path:
        face = self._fonts.face(self._resources.fonts.get(unit.font), unit.weight, unit.italic)
        path = skia.Path()
        for one in Typesetter(unit, face).place():
            glyph = run_font(unit, face, one).getPath(one.glyph)
            if glyph is not None:
                path.addPath(glyph, one.x, one.y)
        return path

    # Units

    def _draw_text(self, canvas: skia.Canvas, unit: TextUnit, style: Style) -> None:
        face = self._fonts.face(self._resources.fonts.get(unit.font), unit.weight, unit.italic)
        placed = Typesetter(unit, face).place()
        if unit.fill:
            fill = style.fill or Colour()
            for paint in self._paints(canvas, fill, unit.common.alpha):
                draw_text(canvas, unit, face, placed, paint)
        if unit.stroke and style.stroke is not None:
            for paint in self._paints(canvas, style.stroke, unit.common.alpha):
                draw_text(canvas, unit, face, placed, _stroked(paint, style))

    def _draw_path(self, canvas: skia.Canvas, unit: PathUnit, style: Style) -> None:
        path = to_path(unit.data, even_odd=unit.even_odd)
        if unit.fill and style.fill is not None:
            if isinstance(style.fill.shading, Mesh):
                self._fill_mesh(canvas, path, style.fill.shading, unit.common.alpha)
            else:
                for paint in self._paints(canvas, style.fill, unit.common.alpha):
                    canvas.drawPath(path, paint)
        if unit.stroke:
            for paint in self._paints(canvas, style.stroke or Colour(), unit.common.alpha):
                canvas.drawPath(path, _stroked(paint, style))

    def _fill_mesh(
        self, canvas: skia.Canvas, path: skia.Path, mesh: Mesh, alpha: float
    ) -> None:
        vertices = colours.mesh_vertices(mesh, self._resources)
        if vertices is None:
            return
        # A PDF has no triangles of the library's: so the mesh is a picture in both outputs.
        bounds = path.getBounds()
        picture = mesh_picture(vertices, bounds)
        canvas.save()
        canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        paint = skia.Paint(AntiAlias=True)
        paint.setAlphaf(alpha)
        canvas.drawImageRect(picture, bounds, SMOOTH, paint)
        canvas.restore()

    def _draw_image(self, canvas: skia.Canvas, unit: ImageUnit) -> None:
        picture = self._picture(unit)
        if unit.common.matrix is None and unit.common.boundary is not None:
            canvas.scale(unit.common.boundary.width, unit.common.boundary.height)
        paint = skia.Paint(AntiAlias=True)
        paint.setAlphaf(unit.common.alpha)
        canvas.drawImageRect(picture, skia.Rect.MakeWH(1, 1), SMOOTH, paint)
        if unit.border is not None and unit.border_width:
            for line in self._paints(canvas, unit.border, unit.common.alpha):
                matrix = canvas.getTotalMatrix()
                corners = skia.Path.Rect(skia.Rect.MakeWH(1, 1))
                corners.transform(unit_matrix(unit))
                canvas.save()
                canvas.setMatrix(skia.Matrix.Concat(matrix, inverse(unit_matrix(unit))))
                canvas.drawPath(corners, _stroked(line, Style(line_width=unit.border_width)))
                canvas.restore()

    def _picture(self, unit: ImageUnit) -> skia.Image:
        """The picture, or the one for when it is not there; with its mask. Raises OfdError."""
        media = self._resources.media
        where = f"image {unit.resource}"
        try:
            picture = self._album.picture(media.get(unit.resource), where)
        except OfdError:
            if unit.substitution is None:
                raise
            picture = self._album.picture(media.get(unit.substitution), where)
        if unit.mask is not None:
            picture = masked(picture, self._album.picture(media.get(unit.mask), where))
        return picture

    def _draw_composite(
        self, canvas: skia.Canvas, unit: CompositeUnit, params: tuple[int | None, ...]
    ) -> None:
        composite = self._resources.composites.get(unit.resource)
        if composite is None:
            raise OfdError(OfdReason.MISSING_PART, f"composite {unit.resource}")
        if unit.common.alpha < 1:
            canvas.saveLayerAlpha(None, round(unit.common.alpha * 255))
        if composite.width > 0 and composite.height > 0:
            canvas.clipRect(skia.Rect.MakeWH(composite.width, composite.height))
        self._draw_all(canvas, composite.units, unit.common.draw_param, *params)
        if unit.common.alpha < 1:
            canvas.restore()

    # Paint

    def _paints(self, canvas: skia.Canvas, colour: Colour, alpha: float) -> Iterator[skia.Paint]:
        """The paint for a colour; none where nothing is to be seen."""
        if alpha * colour.alpha == 0:
            return
        paint = skia.Paint(AntiAlias=True)
        match colour.shading:
            case None | Mesh():
                paint.setColor(colours.to_argb(colour, self._resources))
                paint.setAlphaf(colour.alpha * alpha)
            case Pattern() as pattern:
                paint.setShader(self._pattern(canvas, pattern))
                paint.setAlphaf(colour.alpha * alpha)
            case gradient:
                paint.setShader(colours.gradient_shader(gradient, self._resources))
                paint.setAlphaf(colour.alpha * alpha)
        yield paint

    def _pattern(self, canvas: skia.Canvas, pattern: Pattern) -> skia.Shader:
        return colours.pattern_shader(
            pattern,
            lambda cell: self._draw_all(cell, pattern.content, None),
            inverse(canvas.getTotalMatrix()) if pattern.of_page else None,
        )


def mesh_picture(vertices: skia.Vertices, bounds: skia.Rect) -> skia.Image:
    """A triangle mesh as a picture of what lies in the bounds."""
    scale = min(MESH_DOTS_PER_MM, MESH_SIDE / max(bounds.width(), bounds.height(), 1e-3))
    width, height = (max(1, round(side * scale)) for side in (bounds.width(), bounds.height()))
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.scale(width / max(bounds.width(), 1e-6), height / max(bounds.height(), 1e-6))
    canvas.translate(-bounds.left(), -bounds.top())
    canvas.drawVertices(vertices, skia.Paint(AntiAlias=True, Color=skia.ColorWHITE))
    return surface.makeImageSnapshot()


def unit_matrix(unit: ImageUnit) -> skia.Matrix:
    """What maps the unit square to the object's millimetres."""
    if unit.common.matrix is not None:
        return colours.to_matrix(unit.common.matrix)
    box = unit.common.boundary or Box(0, 0, 1, 1)
    return skia.Matrix.Scale(box.width, box.height)


def inverse(matrix: skia.Matrix) -> skia.Matrix:
    """The matrix that undoes another; the identity where there is none."""
    made = skia.Matrix()
    return made if matrix.invert(made) else skia.Matrix()


def _fitting(own: skia.Path, moved: skia.Path, box: Box | None) -> skia.Path:
    """The reading of a clip that leaves something of the object.

    By the standard a clip lies in the object's coordinates; some writers have it beside
    the boundary, or in the page's.
    """
    if box is None or box.width <= 0 or box.height <= 0:
        return moved
    inside = skia.Rect.MakeWH(box.width, box.height)
    on_page = skia.Path(own)
    on_page.offset(-box.x, -box.y)
    for path in (moved, own, on_page):
        if skia.Rect.Intersects(inside, path.getBounds()):
            return path
    return moved


def _stroked(paint: skia.Paint, style: Style) -> skia.Paint:
    """A paint that draws lines."""
    paint.setStyle(skia.Paint.Style.kStroke_Style)
    width = LINE_WIDTH if style.line_width is None else style.line_width
    paint.setStrokeWidth(max(width, 0.0))
    paint.setStrokeCap(CAPS.get(style.cap or "", skia.Paint.Cap.kButt_Cap))
    paint.setStrokeJoin(JOINS.get(style.join or "", skia.Paint.Join.kMiter_Join))
    paint.setStrokeMiter(style.miter_limit or MITER_LIMIT)
    dashes = style.dashes or ()
    if len(dashes) >= 1 and sum(dashes) > 0 and min(dashes) >= 0:
        even = dashes * 2 if len(dashes) % 2 else dashes
        paint.setPathEffect(skia.DashPathEffect.Make(list(even), style.dash_offset or 0.0))
    return paint
