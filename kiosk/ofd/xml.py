"""XML parts, read strictly in what could harm and leniently in what vendors vary.

No document types, no entities, nothing from outside. Elements are known by their local
names: writers use several prefixes and two spellings of the namespace.
"""

from collections.abc import Iterator

from lxml import etree

from kiosk.ofd.errors import OfdError, OfdReason

Element = etree._Element
LARGEST_XML = 32 * 2**20
DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be"))


def parse(raw: bytes, where: str) -> Element:
    """The root of a part, all names without namespace. Raises OfdError (BAD_XML, TOO_LARGE)."""
    if len(raw) > LARGEST_XML:
        raise OfdError(OfdReason.TOO_LARGE, where, f"{len(raw)} bytes")
    if any(doctype in raw for doctype in DOCTYPES):
        raise OfdError(OfdReason.BAD_XML, where, "has a document type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, remove_blank_text=False,
    )
    try:
        root = etree.fromstring(raw.strip(b"\x00 \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OfdError(OfdReason.BAD_XML, where, str(error)) from error
    for one in root.iter():
        if isinstance(one.tag, str) and "}" in one.tag:
            one.tag = one.tag.rpartition("}")[2]
    return root


def child(parent: Element | None, *path: str) -> Element | None:
    """The first element along a path of names, or None."""
    found = parent
    for name in path:
        if found is None:
            return None
        found = next((one for one in found if one.tag == name), None)
    return found


def children(parent: Element | None, *names: str) -> Iterator[Element]:
    """The elements directly below that have one of the names; all where none is given."""
    for one in parent if parent is not None else ():
        if isinstance(one.tag, str) and (not names or one.tag in names):
            yield one


def text_of(element: Element | None) -> str:
    """An element's text, stripped; empty where there is none."""
    return "".join(str(one) for one in element.itertext()).strip() if element is not None else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute, stripped; None where it is not there or empty."""
    value = element.get(name)
    return (value.strip() or None) if value is not None else None
