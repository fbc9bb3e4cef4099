"""Edges of the standard, written by hand: what our own writer would never write."""

from collections.abc import Iterator

from sandbox.ofd import samples
from sandbox.ofd.objects import (
    CLIP,
    RED,
    TEXT,
    Draw,
    as_xml,
    document,
    path,
    plain,
    text,
)
from sandbox.ofd.package import pack
from sandbox.ofd.writer import FOLDER, OfdWriter, PageWriter

ANNOTATIONS = "Annots/Annotations.xml"
BLUE = '<FillColor Value="20 40 200"/>'
PAGE = f"{FOLDER}/Pages/Page_0/Content.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
WHOLE = "M 0 0 L 80 0 L 80 50 L 0 50 C"


def one_to_many(count: int, glyphs: str, characters: str) -> Draw:
    """Some characters that are drawn as other numbers of glyphs."""
    number = len(glyphs.split())
    return as_xml(text(
        f'<CGTransform CodePosition="1" CodeCount="{count}" GlyphCount="{number}">'
        f"<Glyphs>{glyphs}</Glyphs></CGTransform>"
        f'<TextCode X="0" Y="10" DeltaX="g {len(characters) + number} 7">{characters}</TextCode>'
    ))


def nested(depth: int) -> str:
    """Blocks of a page in one another."""
    inside = path(RED).replace("{id}", "903")
    for level in range(depth):
        inside = f'<PageBlock ID="{910 + level}">{inside}</PageBlock>'
    return inside.replace('ID="919"', 'ID="{id}"')


def composites(writer: OfdWriter, page: PageWriter) -> None:
    """A drawing that is part of another."""
    inner, outer = writer.ids.next(), writer.ids.next()
    writer.resources.append(
        f'<CompositeGraphicUnits><CompositeGraphicUnit ID="{inner}" Width="20" Height="20">'
        f'<Content><PathObject ID="931" Boundary="0 0 20 20" Fill="true">{RED}'
        "<AbbreviatedData>M 0 0 L 20 0 L 20 20 L 0 20 C</AbbreviatedData></PathObject></Content>"
        f'</CompositeGraphicUnit><CompositeGraphicUnit ID="{outer}" Width="60" Height="60">'
        f'<Content><CompositeObject ID="932" ResourceID="{inner}" Boundary="0 0 60 60" '
        'CTM="1 0 0 1 30 30"/></Content></CompositeGraphicUnit></CompositeGraphicUnits>'
    )
    page.add(f'<CompositeObject ID="{{id}}" ResourceID="{outer}" Boundary="20 20 80 80"/>')


def default_space(writer: OfdWriter, page: PageWriter) -> None:
    """A colour of a palette that it does not name, as it is that of the whole document."""
    writer.resources.append(
        '<ColorSpaces><ColorSpace ID="990" Type="RGB"><Palette><CV>255 0 0</CV><CV>0 128 0</CV>'
        "</Palette></ColorSpace></ColorSpaces>"
    )
    page.add(path('<FillColor Index="1"/>'))


def parameters(writer: OfdWriter, page: PageWriter) -> None:
    """A style that builds on another, and a layer that has one."""
    writer.resources.append(
        '<DrawParams><DrawParam ID="991" LineWidth="4"><StrokeColor Value="0 0 0"/></DrawParam>'
        f'<DrawParam ID="992" Relative="991">{RED}</DrawParam></DrawParams>'
    )
    page.layer.set("DrawParam", "992")
    page.add(path("", more='Stroke="false"'))


def bordered(writer: OfdWriter, page: PageWriter) -> None:
    """A picture in a frame, and one whose own is missing but not its substitute."""
    number = writer.picture(samples.encoded("bmp"), "bmp")
    page.add(f'<ImageObject ID="{{id}}" ResourceID="{number}" Boundary="20 20 60 60" '
             'CTM="60 0 0 60 0 0"><Border LineWidth="2"><BorderColor Value="200 0 0"/></Border>'
             "</ImageObject>")
    page.add(f'<ImageObject ID="{{id}}" ResourceID="9999" Substitution="{number}" '
             'Boundary="100 20 60 60" CTM="60 0 0 60 0 0"/>')


PAGE_PATTERN = (
    '<FillColor><Pattern Width="8" Height="8" XStep="9" YStep="9" RelativeTo="Page" '
    'ReflectMethod="RowAndColumn"><CellContent>'
    '<PathObject ID="933" Boundary="0 0 8 8" Fill="true"><FillColor Value="0 120 90"/>'
    "<AbbreviatedData>M 0 0 L 8 0 L 8 8 C</AbbreviatedData></PathObject>"
    "</CellContent></Pattern></FillColor>"
)
TEXT_CLIP = (
    '<Clips TransFlag="false"><Clip><Area CTM="2 0 0 2 0 0"><Text Font="{font}" Size="20" '
    'Boundary="0 0 80 50"><TextCode X="0" Y="20">电子</TextCode></Text></Area>'
    "<Area><Path Boundary=\"0 0 80 50\" Fill=\"true\"><AbbreviatedData>M 60 0 L 80 0 L 80 50 L 60 "
    "50 C</AbbreviatedData></Path></Area></Clip></Clips>"
)

EDGES: dict[str, Draw] = {
    "one character as two glyphs": one_to_many(1, "3 4", "电子证照"),
    "two characters as one glyph": one_to_many(2, "3", "电子证照"),
    "nested blocks": as_xml(nested(10)),
    "composite in a composite": composites,
    "draw parameters": parameters,
    "border and substitute": bordered,
    "pattern of the page": as_xml(path(PAGE_PATTERN)),
    "clip by text": as_xml(path(RED + TEXT_CLIP)),
    "clip under a matrix": as_xml(path(RED + CLIP, more='CTM="0.5 0 0 0.5 20 10"')),
    "escaped characters": as_xml(text(
        '<TextCode X="0" Y="10" DeltaX="g 8 7">\\7535\\5B50\\0001\\D842\\DFB7样\\本</TextCode>')),
    "invisible objects": as_xml(path(RED), path(BLUE, more='Visible="false"')),
    "actions": as_xml(path(
        RED + '<Actions><Action Event="CLICK"><URI URI="http://example.invalid/"/></Action>'
        "</Actions>")),
    "radial ellipse": as_xml(path(
        '<FillColor><RadialShd StartPoint="40 25" StartRadius="5" EndPoint="40 25" EndRadius="30" '
        'Eccentricity="0.8" Angle="30" Extend="3"><Segment><Color Value="255 0 0"/></Segment>'
        '<Segment><Color Value="0 0 255"/></Segment></RadialShd></FillColor>')),
    "lattice mesh": as_xml(path(
        '<FillColor><LaGourandShd VerticesPerRow="2"><Point X="0" Y="0"><Color Value="255 0 0"/>'
        '</Point><Point X="80" Y="0"><Color Value="0 255 0"/></Point><Point X="0" Y="50"><Color '
        'Value="0 0 255"/></Point><Point X="80" Y="50"><Color Value="255 255 0"/></Point>'
        "</LaGourandShd></FillColor>")),
    "turned text": as_xml(text(
        f'<TextCode X="0" Y="10" DeltaX="g 29 6">{TEXT}</TextCode>',
        'CTM="0.8 0.3 -0.3 0.8 10 0" HScale="0.7" Alpha="120"')),
}


def edge_packages() -> Iterator[tuple[str, bytes]]:
    """Documents whose files, and not their objects, are at the edge."""
    parts = document(as_xml(path(RED)))
    yield "shown part", pack(parts | {PAGE: parts[PAGE].replace(
        b"</ofd:PhysicalBox>",
        b"</ofd:PhysicalBox><ofd:ApplicationBox>20 20 40 50</ofd:ApplicationBox>",
    )})
    green = document(default_space)
    named = f"{FOLDER}/Document.xml"
    yield "default colour space", pack(green | {named: green[named].replace(
        b"</ofd:CommonData>", b"<ofd:DefaultCS>990</ofd:DefaultCS></ofd:CommonData>",
    )})
    yield "relative places", pack(parts | {named: parts[named].replace(
        b'BaseLoc="Pages/', b'BaseLoc="./Pages/../Pages/',
    )})
    yield "archive", pack(parts | {"OFD.xml": parts["OFD.xml"].replace(b'"OFD"', b'"OFD-A"')})
    yield "annotations", pack(annotated())
    yield "template in front", pack(in_front())
    yield "two documents", pack(two_documents())
    yield "versions", pack(versions())


def annotated() -> dict[str, bytes]:
    """A page with annotations: to be seen and printed, seen only, and neither."""
    writer = OfdWriter("样本")
    plain(writer, writer.page())
    parts = writer.parts(annotations=ANNOTATIONS)
    looks = "".join(
        f'<ofd:Annot ID="{940 + place}" Type="Watermark" {more}><ofd:Appearance '
        f'Boundary="20 {120 + place * 40} 80 30"><ofd:PathObject ID="{950 + place}" '
        f'Boundary="0 0 80 30" Fill="true"><ofd:FillColor Value="200 30 30"/><ofd:AbbreviatedData>'
        "M 0 0 L 80 0 L 80 30 L 0 30 C</ofd:AbbreviatedData></ofd:PathObject></ofd:Appearance>"
        "</ofd:Annot>"
        for place, more in enumerate(("", 'Print="false"', 'Visible="false"'))
    )
    return parts | {
        f"{FOLDER}/{ANNOTATIONS}": (
            f'{HEAD}<ofd:Annotations {SPACE}><ofd:Page PageID="1"><ofd:FileLoc>Page_0.xml'
            "</ofd:FileLoc></ofd:Page></ofd:Annotations>"
        ).encode(),
        f"{FOLDER}/Annots/Page_0.xml": (
            f"{HEAD}<ofd:PageAnnot {SPACE}>{looks}</ofd:PageAnnot>"
        ).encode(),
    }


def in_front() -> dict[str, bytes]:
    """A page under a template that lies in front of it."""
    writer = OfdWriter("样本")
    page = writer.page()
    front = writer.template()
    front.path((20, 20, 40, 50), "M 0 0 L 40 0 L 40 50 L 0 50 C", stroke=None, inside=(0, 120, 0))
    page.template = front.id
    page.path((20, 20, 80, 50), WHOLE, stroke=None, inside=(200, 30, 30))
    parts = writer.parts()
    return parts | {PAGE: parts[PAGE].replace(b'ZOrder="Background"', b'ZOrder="Foreground"')}


def two_documents() -> dict[str, bytes]:
    """Two documents in one file."""
    first, second = document(plain), document(as_xml(path(RED)))
    moved = {
        name.replace(FOLDER, "Doc_1", 1): data for name, data in second.items()
        if name != "OFD.xml"
    }
    body = first["OFD.xml"]
    start, end = body.index(b"<ofd:DocBody"), body.index(b"</ofd:OFD>")
    more = body[start:end].replace(FOLDER.encode(), b"Doc_1")
    return first | moved | {"OFD.xml": body[:end] + more + body[end:]}


def versions() -> dict[str, bytes]:
    """A document whose current version is another than the first."""
    parts = document(as_xml(path(BLUE)))
    newer = f"{FOLDER}/Pages/Page_1/Content.xml"
    newest = parts[f"{FOLDER}/Document.xml"].replace(b"Pages/Page_0", b"Pages/Page_1")
    listing = (
        b'<ofd:Versions><ofd:Version ID="1" Index="1" Current="false" BaseLoc="Doc_0/V1.xml"/>'
        b'<ofd:Version ID="2" Index="2" Current="true" BaseLoc="Doc_0/V2.xml"/></ofd:Versions>'
    )
    made = {
        f"{FOLDER}/V{number}.xml": (
            f'{HEAD}<ofd:DocVersion {SPACE} ID="{number}"><ofd:FileList/><ofd:DocRoot>{root}'
            "</ofd:DocRoot></ofd:DocVersion>"
        ).encode()
        for number, root in ((1, "Document.xml"), (2, "Document_2.xml"))
    }
    return parts | made | {
        "OFD.xml": parts["OFD.xml"].replace(b"</ofd:DocBody>", listing + b"</ofd:DocBody>"),
        f"{FOLDER}/Document_2.xml": newest,
        newer: document(as_xml(path(RED)))[PAGE],
    }
