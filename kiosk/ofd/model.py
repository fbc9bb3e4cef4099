"""What an OFD document is made of (GB/T 33190-2016), as typed data. Lengths in millimetres.

A graphic unit's own coordinates begin at the top left corner of its boundary, y downwards;
its matrix comes before that shift.
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from kiosk.ofd.values import Box, Matrix


class Extend(Enum):
    """Where a gradient goes on beyond its ends (clause 8.3.4)."""

    NONE = 0
    START = 1
    END = 2
    BOTH = 3


class Mapping(StrEnum):
    """How a gradient fills what lies between its ends."""

    DIRECT = "Direct"
    REPEAT = "Repeat"
    REFLECT = "Reflect"


@dataclass(frozen=True, slots=True)
class Stop:
    """A colour at a place of a gradient from 0 to 1."""

    position: float
    colour: "Colour"


@dataclass(frozen=True, slots=True)
class Gradient:
    """Axial, or radial where there are radii."""

    start: tuple[float, float]
    end: tuple[float, float]
    stops: tuple[Stop, ...]
    extend: Extend
    mapping: Mapping
    unit: float | None
    radii: tuple[float, float] | None = None
    angle: float = 0.0
    eccentricity: float = 0.0


@dataclass(frozen=True, slots=True)
class Vertex:
    """A corner of a triangle mesh; `edge` says which sides of the last one it uses."""

    x: float
    y: float
    colour: "Colour"
    edge: int = 0


@dataclass(frozen=True, slots=True)
class Mesh:
    """Gouraud shading: free triangles, or a lattice with so many vertices a row."""

    vertices: tuple[Vertex, ...]
    per_row: int | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A cell that is drawn again and again."""

    width: float
    height: float
    x_step: float
    y_step: float
    reflect: str
    of_page: bool
    matrix: Matrix | None
    content: tuple["Unit", ...]


@dataclass(frozen=True, slots=True)
class Colour:
    """Components as written, with the colour space that says what they mean; or a shading."""

    values: tuple[float, ...] = ()
    space: int | None = None
    index: int | None = None
    alpha: float = 1.0
    shading: Gradient | Mesh | Pattern | None = None


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """Gray, RGB or CMYK, how many bits each component has, and a palette."""

    kind: str = "RGB"
    bits: int = 8
    palette: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """How lines and areas are drawn; None leaves it to the draw parameters behind."""

    line_width: float | None = None
    cap: str | None = None
    join: str | None = None
    miter_limit: float | None = None
    dash_offset: float | None = None
    dashes: tuple[float, ...] | None = None
    fill: Colour | None = None
    stroke: Colour | None = None


@dataclass(frozen=True, slots=True)
class DrawParam:
    """A style with a name, which may build on another."""

    style: Style
    relative: int | None = None


@dataclass(frozen=True, slots=True)
class ClipArea:
    """A part of a clip: a path or text, in the coordinates of the clipped object."""

    unit: "PathUnit | TextUnit"
    matrix: Matrix | None


@dataclass(frozen=True, slots=True)
class Clips:
    """Each clip is the union of its areas; what is left is their intersection."""

    clips: tuple[tuple[ClipArea, ...], ...]
    transformed: bool = True
    """Whether the object's matrix holds for its clips, too."""


@dataclass(frozen=True, slots=True)
class Common:
    """What every graphic unit has."""

    boundary: Box | None = None
    matrix: Matrix | None = None
    style: Style = field(default_factory=Style)
    draw_param: int | None = None
    alpha: float = 1.0
    visible: bool = True
    clips: Clips | None = None


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Glyphs of the embedded font for some characters (CGTransform, clause 11.4)."""

    position: int
    characters: int
    glyphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextCode:
    """Some characters, where the first stands, and how far it is to each next one."""

    text: str
    x: float | None
    y: float | None
    delta_x: tuple[float, ...]
    delta_y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TextUnit:
    """Text in one font and size."""

    common: Common
    font: int
    size: float
    fill: bool
    stroke: bool
    codes: tuple[TextCode, ...]
    glyphs: tuple[Glyphs, ...] = ()
    horizontal_scale: float = 1.0
    read_direction: int = 0
    character_direction: int = 0
    weight: int = 400
    italic: bool = False


@dataclass(frozen=True, slots=True)
class PathUnit:
    """A path; `data` in the abbreviations of clause 9.1."""

    common: Common
    data: str
    fill: bool
    stroke: bool
    even_odd: bool = False


@dataclass(frozen=True, slots=True)
class ImageUnit:
    """A picture; its matrix maps the unit square."""

    common: Common
    resource: int
    substitution: int | None = None
    mask: int | None = None
    border: Colour | None = None
    border_width: float | None = None


@dataclass(frozen=True, slots=True)
class CompositeUnit:
    """A use of a composite graphic unit."""

    common: Common
    resource: int


@dataclass(frozen=True, slots=True)
class GroupUnit:
    """Objects that belong together (PageBlock, or the content of a composite)."""

    units: tuple["Unit", ...]


Unit = TextUnit | PathUnit | ImageUnit | CompositeUnit | GroupUnit


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a page and the draw parameter of all in it."""

    kind: str
    units: tuple[Unit, ...]
    draw_param: int | None = None


@dataclass(frozen=True, slots=True)
class Font:
    """A font, and the part that holds it where it is embedded."""

    name: str
    family: str
    bold: bool = False
    italic: bool = False
    serif: bool = False
    fixed_width: bool = False
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, sound or film."""

    kind: str
    format: str
    part: str


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite graphic unit: objects drawn as one, in its own coordinates."""

    width: float
    height: float
    units: tuple[Unit, ...]


@dataclass(slots=True)
class Resources:
    """What the objects of a document refer to, by id."""

    fonts: dict[int, Font] = field(default_factory=dict)
    spaces: dict[int, ColourSpace] = field(default_factory=dict)
    draw_params: dict[int, DrawParam] = field(default_factory=dict)
    media: dict[int, Media] = field(default_factory=dict)
    composites: dict[int, Composite] = field(default_factory=dict)
    default_space: int | None = None
    """The colour space of colours that name none (DefaultCS)."""

    def over(self, other: "Resources") -> "Resources":
        """These, and those of another where an id is not here."""
        return Resources(
            other.fonts | self.fonts, other.spaces | self.spaces,
            other.draw_params | self.draw_params, other.media | self.media,
            other.composites | self.composites, self.default_space or other.default_space,
        )


@dataclass(frozen=True, slots=True)
class Appearance:
    """Objects that lie over a page: an annotation."""

    kind: str
    boundary: Box
    units: tuple[Unit, ...]
    printed: bool = True
    """Whether it goes on paper; all are seen on the screen."""


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page's area and everything on it, from the bottom up."""

    area: Box
    layers: tuple[Layer, ...]
    annotations: tuple[Appearance, ...]
    resources: Resources
    shown: Box | None = None
    """The part of the page beyond which nothing is shown or printed (ApplicationBox)."""
    problems: tuple[str, ...] = ()
    """What could not be read, and is therefore missing."""
