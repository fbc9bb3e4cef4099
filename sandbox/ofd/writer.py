"""Writes an OFD document (GB/T 33190): pages of text, paths and pictures, fonts embedded or not.

What a writer may vary is given as XML (`PageWriter.add`): the corpus of tests needs it.
"""

from dataclasses import dataclass, field

from lxml import etree

from kiosk.ofd.fonts import stand_in
from kiosk.ofd.model import Font
from kiosk.ofd.xml import Element
from sandbox.ofd.measure import advances

NAMESPACE = "http://www.ofdspec.org/2016"
FOLDER = "Doc_0"
A4 = (210.0, 297.0)
Rgb = tuple[int, int, int]
BLACK: Rgb = (0, 0, 0)


def element(name: str, text: str | None = None, **attributes: object) -> Element:
    """An element of the standard's namespace."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ofd": NAMESPACE})
    for key, value in attributes.items():
        made.set(key, f"{value:g}" if isinstance(value, float) else str(value))
    made.text = text
    return made


def below(parent: Element, name: str, text: str | None = None, **attributes: object) -> Element:
    """An element within another."""
    made = element(name, text, **attributes)
    parent.append(made)
    return made


def dump(root: Element) -> bytes:
    """A part's bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@dataclass(frozen=True, slots=True)
class FontEntry:
    """A font of the document: its id, what it is called, and what it is measured by."""

    id: int
    font: Font
    bold: bool


@dataclass(slots=True)
class Ids:
    """Numbers for everything that can be referred to."""

    last: int = 0

    def next(self) -> int:
        """One that was not given yet."""
        self.last += 1
        return self.last


@dataclass(slots=True)
class PageWriter:
    """One page."""

    id: int
    size: tuple[float, float]
    ids: Ids
    layer: Element
    template: int | None = None

    def add(self, xml: str) -> None:
        """An object as XML without prefixes; `{id}` becomes a new number."""
        root = etree.fromstring(
            f'<x xmlns="{NAMESPACE}">{xml.replace("{id}", str(self.ids.next()))}</x>'
        )
        self.layer.extend(list(root))

    def text(
        self, x: float, baseline: float, size: float, text: str, font: FontEntry,
        colour: Rgb = BLACK, spacing: float = 0.0,
    ) -> float:
        """A line of text; how wide it is."""
        typeface = stand_in(font.font, bold=font.bold)
        widths = [one + spacing for one in advances(text, typeface, size)]
        made = element(
            "TextObject", ID=self.ids.next(), Font=font.id, Size=size,
            Boundary=box(x, baseline - size, sum(widths) + size, size * 1.5),
        )
        fill(made, colour)
        below(
            made, "TextCode", text, X=0.0, Y=size,
            DeltaX=" ".join(f"{one:.4g}" for one in widths[:-1]) or "0",
        )
        self.layer.append(made)
        return sum(widths)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float, colour: Rgb) -> None:
        """A straight line."""
        self.path((0, 0, *self.size), f"M {x1:g} {y1:g} L {x2:g} {y2:g}", width, stroke=colour)

    def path(
        self, bounds: tuple[float, float, float, float], data: str, width: float = 0.25,
        stroke: Rgb | None = BLACK, inside: Rgb | None = None,
    ) -> None:
        """A path in the coordinates of its bounds."""
        made = element(
            "PathObject", ID=self.ids.next(), Boundary=box(*bounds), LineWidth=width,
            Stroke=str(stroke is not None).lower(), Fill=str(inside is not None).lower(),
        )
        if inside is not None:
            fill(made, inside)
        if stroke is not None:
            below(made, "StrokeColor", Value=" ".join(map(str, stroke)))
        below(made, "AbbreviatedData", data)
        self.layer.append(made)

    def image(self, x: float, y: float, width: float, height: float, resource: int) -> None:
        """A picture."""
        self.layer.append(element(
            "ImageObject", ID=self.ids.next(), ResourceID=resource,
            Boundary=box(x, y, width, height), CTM=f"{width:g} 0 0 {height:g} 0 0",
        ))


def box(x: float, y: float, width: float, height: float) -> str:
    """A rectangle as it is written."""
    return f"{x:g} {y:g} {width:g} {height:g}"


def fill(parent: Element, colour: Rgb) -> None:
    """A fill colour."""
    below(parent, "FillColor", Value=" ".join(map(str, colour)))


@dataclass(slots=True)
class OfdWriter:
    """One document; `parts` gives its files."""

    title: str
    custom: dict[str, str] = field(default_factory=dict)
    size: tuple[float, float] = A4
    ids: Ids = field(default_factory=Ids)
    pages: list[PageWriter] = field(default_factory=list)
    templates: list[PageWriter] = field(default_factory=list)
    fonts: list[tuple[FontEntry, str | None]] = field(default_factory=list)
    media: list[tuple[int, str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    resources: list[str] = field(default_factory=list)
    """Further resources as XML without prefixes."""

    def page(self, template: PageWriter | None = None) -> PageWriter:
        """A new page."""
        made = self._layer()
        made.template = template.id if template else None
        self.pages.append(made)
        return made

    def template(self) -> PageWriter:
        """A page that lies behind others."""
        made = self._layer()
        self.templates.append(made)
        return made

    def _layer(self) -> PageWriter:
        number = self.ids.next()
        return PageWriter(number, self.size, self.ids, element("Layer", ID=self.ids.next()))

    def font(self, name: str, bold: bool = False, file: bytes | None = None) -> FontEntry:
        """A font, embedded where its file is given."""
        entry = FontEntry(self.ids.next(), Font(name, name), bold)
        place = None
        if file is not None:
            place = f"font_{entry.id}.otf"
            self.files[f"{FOLDER}/Res/{place}"] = file
        self.fonts.append((entry, place))
        return entry

    def picture(self, data: bytes, kind: str) -> int:
        """A picture to be used on pages; its id."""
        number = self.ids.next()
        place = f"image_{number}.{kind.lower()}"
        self.files[f"{FOLDER}/Res/{place}"] = data
        self.media.append((number, kind.upper(), place))
        return number

    def parts(
        self, signatures: str | None = None, annotations: str | None = None
    ) -> dict[str, bytes]:
        """All files of the document; the first is `OFD.xml`."""
        found = {
            "OFD.xml": dump(self._root(signatures)),
            f"{FOLDER}/Document.xml": dump(self._document(annotations)),
            f"{FOLDER}/PublicRes.xml": dump(self._public()),
            f"{FOLDER}/DocumentRes.xml": dump(self._own()),
        }
        for number, page in enumerate(self.pages):
            found[f"{FOLDER}/Pages/Page_{number}/Content.xml"] = dump(self._content(page))
        for number, page in enumerate(self.templates):
            found[f"{FOLDER}/Tpls/Tpl_{number}/Content.xml"] = dump(self._content(page))
        return found | self.files

    def _root(self, signatures: str | None) -> Element:
        root = element("OFD", Version="1.1", DocType="OFD")
        body = below(root, "DocBody")
        info = below(body, "DocInfo")
        below(info, "DocID", "0" * 32)
        below(info, "Title", self.title)
        if self.custom:
            data = below(info, "CustomDatas")
            for name, value in self.custom.items():
                below(data, "CustomData", value, Name=name)
        below(body, "DocRoot", f"{FOLDER}/Document.xml")
        if signatures:
            below(body, "Signatures", signatures)
        return root

    def _document(self, annotations: str | None) -> Element:
        root = element("Document")
        common = below(root, "CommonData")
        below(common, "MaxUnitID", str(self.ids.last + 1))
        below(below(common, "PageArea"), "PhysicalBox", box(0, 0, *self.size))
        below(common, "PublicRes", "PublicRes.xml")
        below(common, "DocumentRes", "DocumentRes.xml")
        for number, page in enumerate(self.templates):
            below(common, "TemplatePage", ID=page.id, BaseLoc=f"Tpls/Tpl_{number}/Content.xml")
        pages = below(root, "Pages")
        for number, page in enumerate(self.pages):
            below(pages, "Page", ID=page.id, BaseLoc=f"Pages/Page_{number}/Content.xml")
        if annotations:
            below(root, "Annotations", annotations)
        return root

    def _public(self) -> Element:
        root = element("Res", BaseLoc="Res")
        fonts = below(root, "Fonts")
        for entry, place in self.fonts:
            name = entry.font.name
            made = below(fonts, "Font", ID=entry.id, FontName=name, FamilyName=name)
            if entry.bold:
                made.set("Bold", "true")
            if place:
                below(made, "FontFile", place)
        return root

    def _own(self) -> Element:
        root = element("Res", BaseLoc="Res")
        media = below(root, "MultiMedias")
        for number, kind, place in self.media:
            below(below(media, "MultiMedia", ID=number, Type="Image", Format=kind),
                  "MediaFile", place)
        for xml in self.resources:
            root.extend(list(etree.fromstring(f'<x xmlns="{NAMESPACE}">{xml}</x>')))
        return root

    def _content(self, page: PageWriter) -> Element:
        root = element("Page")
        below(below(root, "Area"), "PhysicalBox", box(0, 0, *page.size))
        if page.template is not None:
            below(root, "Template", TemplateID=page.template, ZOrder="Background")
        below(root, "Content").append(page.layer)
        return root

