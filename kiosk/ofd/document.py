"""An OFD document: its description, its pages, and everything they refer to.

`OfdFile` opens the package and says what is in it; a page is read when it is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kiosk.ofd.container import Package
from kiosk.ofd.content import ContentReader, is_shown
from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.model import (
    Appearance,
    Composite,
    Font,
    Layer,
    Media,
    PageContent,
    Resources,
)
from kiosk.ofd.styles import identifier, read_colour_space, read_draw_param, to_id
from kiosk.ofd.values import Box, flag, number, to_box
from kiosk.ofd.xml import Element, attribute, child, children, parse, text_of

ROOT = "OFD.xml"
A4 = Box(0.0, 0.0, 210.0, 297.0)
MOST_PAGES = 5_000
LONGEST_EDGE = 5_000.0
SHOWN = "ApplicationBox"
AREAS = ("PhysicalBox", SHOWN, "ContentBox")
ORDER = {"Background": 0, "Body": 1, "Foreground": 2}


@dataclass(frozen=True, slots=True)
class Description:
    """What a document says of itself; no signature need cover it."""

    title: str
    author: str
    created: str
    custom: dict[str, str]
    """CustomData by name: where certificates carry the elements of GB/T 36903."""


class OfdFile:
    """A package with its first document. Raises OfdError where it cannot be opened."""

    def __init__(self, data: bytes) -> None:
        self.package = Package(data)
        self._opened: set[str] = set()
        if ROOT not in self.package:
            raise OfdError(OfdReason.NOT_A_PACKAGE, ROOT, "missing")
        self._root = self.xml(ROOT)
        body = child(self._root, "DocBody")
        if body is None:
            raise OfdError(OfdReason.MISSING_PART, "DocBody")
        self._body = body
        self.document = self._current_version() or self._part_named("DocRoot")
        self._document = self.xml(self.document)
        self._pages = list(children(child(self._document, "Pages"), "Page"))
        if not self._pages:
            raise OfdError(OfdReason.MISSING_PART, self.document, "no page")
        if len(self._pages) > MOST_PAGES:
            raise OfdError(OfdReason.TOO_LARGE, self.document, f"{len(self._pages)} pages")

    def _part_named(self, name: str) -> str:
        place = text_of(child(self._body, name))
        if not place:
            raise OfdError(OfdReason.MISSING_PART, f"DocBody/{name}")
        return self.package.name_of(place, ROOT)

    def _current_version(self) -> str | None:
        """The document of the version that is current, where the file has versions."""
        for version in children(child(self._body, "Versions"), "Version"):
            if flag(version, "Current", False):
                part = self.package.name_of(attribute(version, "BaseLoc") or "", ROOT)
                place = text_of(child(self.xml(part), "DocRoot"))
                if place:
                    return self.package.name_of(place, part)
        return None

    def xml(self, name: str) -> Element:
        """A part's root element. Raises OfdError."""
        self._opened.add(name)
        return parse(self.package.read(name), name)

    @property
    def signatures(self) -> str | None:
        """The part that lists the signatures, or None."""
        place = text_of(child(self._body, "Signatures"))
        return self.package.name_of(place, ROOT) if place else None

    def drawn_parts(self) -> set[str]:
        """What the pages are drawn from: who changes one changes what is seen.

        Not the root and the list of signatures, which only point to others. Raises OfdError.
        """
        used: set[str] = set()
        for one in range(1, self.page_count + 1):
            resources = self.page(one).resources
            used |= {font.part for font in resources.fonts.values() if font.part}
            used |= {media.part for media in resources.media.values()}
        return (used | self._opened) - {ROOT, self.signatures, ""}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What of the file is not shown: of several documents the first one is."""
        bodies = sum(1 for _ in children(self._root, "DocBody"))
        return (f"the first of {bodies} documents is shown",) if bodies > 1 else ()

    @property
    def page_count(self) -> int:
        """How many pages the document has."""
        return len(self._pages)

    @cached_property
    def description(self) -> Description:
        """Title, author and custom data."""
        info = child(self._body, "DocInfo")
        data = children(child(info, "CustomDatas"), "CustomData")
        return Description(
            title=text_of(child(info, "Title")),
            author=text_of(child(info, "Author")),
            created=text_of(child(info, "CreationDate")),
            custom={attribute(one, "Name") or "": text_of(one) for one in data},
        )

    def page_number(self, page_id: int) -> int | None:
        """The number (from 1) of the page with an id, or None."""
        ids = [to_id(attribute(one, "ID"), "Page@ID") for one in self._pages]
        return ids.index(page_id) + 1 if page_id in ids else None

    def page(self, number: int) -> PageContent:
        """Page `number` (from 1) with all that lies on it. Raises OfdError."""
        if not 1 <= number <= self.page_count:
            raise OfdError(OfdReason.NO_SUCH_PAGE, f"page {number} of {self.page_count}")
        entry = self._pages[number - 1]
        name = self.package.name_of(attribute(entry, "BaseLoc") or "", self.document)
        reader = ContentReader()
        page = self.xml(name)
        resources = self._page_resources(page, name).over(self.resources)
        layers = [*self._ordered(reader, page, name)]
        annotations = tuple(self._annotations(reader, to_id(attribute(entry, "ID"), "Page@ID")))
        problems = (*self._resource_reader.problems, *reader.problems)
        return PageContent(
            self._area(page), tuple(layers), annotations, resources, self._shown(page),
            (*self.notes, *problems),
        )

    def _ordered(self, reader: ContentReader, page: Element, name: str) -> Iterator[Layer]:
        """Layers from the bottom up: templates behind, the page's own, templates in front."""
        behind: list[Layer] = []
        before: list[Layer] = []
        for template in children(page, "Template"):
            layers, order = self._template(reader, template)
            (before if order == "Foreground" else behind).extend(layers)
        own = reader.layers(child(page, "Content"))
        yield from behind
        yield from sorted(own, key=lambda layer: ORDER.get(layer.kind, 1))
        yield from before

    def _template(
        self, reader: ContentReader, use: Element
    ) -> tuple[tuple[Layer, ...], str]:
        wanted = identifier(use, "TemplateID")
        for template in children(child(self._document, "CommonData"), "TemplatePage"):
            if identifier(template, "ID") == wanted:
                name = self.package.name_of(attribute(template, "BaseLoc") or "", self.document)
                order = attribute(use, "ZOrder") or attribute(template, "ZOrder") or "Background"
                root = self.xml(name)
                return reader.layers(child(root, "Content")), order
        reader.problems.append(f"{OfdReason.MISSING_PART}: template {wanted}")
        return (), "Background"

    def _area(self, page: Element) -> Box:
        """The page's own area, or the document's; the first box that is one."""
        for parent in (child(page, "Area"), child(self._document, "CommonData", "PageArea")):
            for name in AREAS:
                box = to_box(text_of(child(parent, name)) or None, name)
                if box is not None and box.width > 0 and box.height > 0:
                    if max(box.width, box.height) > LONGEST_EDGE:
                        raise OfdError(OfdReason.TOO_LARGE, name, f"{box.width:g} mm")
                    return box
        return A4

    def _shown(self, page: Element) -> Box | None:
        """The part that is shown and printed, where the page's or document's area names one."""
        own = child(page, "Area")
        parent = own if own is not None else child(self._document, "CommonData", "PageArea")
        box = to_box(text_of(child(parent, SHOWN)) or None, SHOWN)
        return box if box is not None and box.width > 0 and box.height > 0 else None

    # Annotations

    def _annotations(self, reader: ContentReader, page_id: int | None) -> Iterator[Appearance]:
        place = text_of(child(self._document, "Annotations"))
        if not place:
            return
        name = self.package.name_of(place, self.document)
        if name not in self.package:
            reader.problems.append(f"{OfdReason.MISSING_PART}: {name}")
            return
        for page in children(self.xml(name), "Page"):
            if identifier(page, "PageID") == page_id:
                place = text_of(child(page, "FileLoc"))
                part = self.package.name_of(place, name)
                if part not in self.package:  # some writers mean the document's folder
                    part = self.package.name_of(place, self.document)
                yield from self._page_annotations(reader, part)

    def _page_annotations(self, reader: ContentReader, part: str) -> Iterator[Appearance]:
        for one in children(self.xml(part), "Annot"):
            made = reader.annotation(one) if is_shown(one) else None
            if made is not None:
                yield made

    # Resources

    @cached_property
    def _resource_reader(self) -> ContentReader:
        return ContentReader()

    @cached_property
    def resources(self) -> Resources:
        """What the whole document may refer to."""
        common = child(self._document, "CommonData")
        space = to_id(text_of(child(common, "DefaultCS")) or None, "DefaultCS")
        found = Resources(default_space=space)
        for one in children(common, "PublicRes", "DocumentRes"):
            name = self.package.name_of(text_of(one), self.document)
            found = self._read_resources(name).over(found)
        return found

    def _page_resources(self, page: Element, name: str) -> Resources:
        found = Resources()
        for one in children(page, "PageRes"):
            found = self._read_resources(self.package.name_of(text_of(one), name)).over(found)
        return found

    def _read_resources(self, name: str) -> Resources:
        """A resource part; one that is missing is a problem, and what uses it will tell."""
        if name not in self.package:
            self._resource_reader.problems.append(f"{OfdReason.MISSING_PART}: {name}")
            return Resources()
        root = self.xml(name)
        base = attribute(root, "BaseLoc")
        beside = f"{self.package.name_of(base, name)}/-" if base else name
        found = Resources()
        for group in children(root):
            for one in children(group):
                try:
                    self._read_resource(found, one, beside)
                except OfdError as error:
                    if error.reason is OfdReason.TOO_LARGE:
                        raise
                    self._resource_reader.problems.append(str(error))
        return found

    def _read_resource(self, found: Resources, element: Element, beside: str) -> None:
        key = identifier(element, "ID")
        if key is None:
            return
        units = self._resource_reader.units
        match element.tag:
            case "ColorSpace":
                found.spaces[key] = read_colour_space(element)
            case "DrawParam":
                found.draw_params[key] = read_draw_param(element, units)
            case "Font":
                found.fonts[key] = self._font(element, beside)
            case "MultiMedia":
                place = text_of(child(element, "MediaFile"))
                found.media[key] = Media(
                    attribute(element, "Type") or "Image",
                    (attribute(element, "Format") or "").upper(),
                    self._locate(place, beside) if place else "",
                )
            case "CompositeGraphicUnit":
                content = child(element, "Content")
                found.composites[key] = Composite(
                    number(element, "Width", 0.0), number(element, "Height", 0.0),
                    units(content) if content is not None else (),
                )

    def _locate(self, place: str, beside: str) -> str:
        """A resource's file: beside the resources, else where some writers put it."""
        name = self.package.name_of(place, beside)
        folder = self.document.rpartition("/")[0]
        others = (f"{folder}/{place}", f"{folder}/Res/{place}")
        return next((one for one in (name, *others) if one in self.package), name)

    def _font(self, element: Element, beside: str) -> Font:
        place = text_of(child(element, "FontFile"))
        return Font(
            name=attribute(element, "FontName") or "",
            family=attribute(element, "FamilyName") or "",
            bold=flag(element, "Bold", False),
            italic=flag(element, "Italic", False),
            serif=flag(element, "Serif", False),
            fixed_width=flag(element, "FixedWidth", False),
            part=self._locate(place, beside) if place else None,
        )
