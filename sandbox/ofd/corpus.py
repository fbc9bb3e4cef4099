"""Some eighty varied OFD files: what writers do, and the edges of the standard.

Each is a document that a reader must show: by name, its bytes. Seals are made with keys of
the moment; drawing needs none of them to be trusted.
"""

from collections.abc import Iterator

from kiosk.ofd.fonts import SANS
from sandbox.ofd import samples
from sandbox.ofd.edges import EDGES, edge_packages
from sandbox.ofd.measure import cut_font
from sandbox.ofd.objects import CLIP, RED, TEXT, Draw, as_xml, document, path, plain, serif, text
from sandbox.ofd.package import pack
from sandbox.ofd.sealed import sealed
from sandbox.ofd.writer import FOLDER, OfdWriter, PageWriter

NAMED = ("宋体", "黑体", "KaiTi", "FangSong", "Courier New", "小标宋")


def corpus() -> dict[str, bytes]:
    """All files by name."""
    made = {name: pack(document(draw)) for name, draw in (DRAWINGS | EDGES).items()}
    made.update((f"font {name}", pack(document(named_font(name)))) for name in NAMED)
    made.update((f"image {kind}", pack(document(image(kind)))) for kind in IMAGES)
    made.update(sealed())
    made.update(packages())
    made.update(edge_packages())
    return made


def named_font(name: str) -> Draw:
    """Text in a font that is only named."""

    def draw(writer: OfdWriter, page: PageWriter) -> None:
        font = writer.font(name)
        for line in range(20):
            page.text(20, 30 + line * 10, 5, TEXT, font)

    return draw


IMAGES = ("png", "alpha", "jpg", "gif", "bmp", "tiff", "jb2")


def image(kind: str) -> Draw:
    """Pictures of one format, one of them turned."""

    def draw(writer: OfdWriter, page: PageWriter) -> None:
        suffix = "png" if kind == "alpha" else kind
        number = writer.picture(samples.encoded(kind), suffix)
        page.image(20, 20, 80, 80, number)
        page.add(f'<ImageObject ID="{{id}}" ResourceID="{number}" Boundary="110 20 80 80" '
                 'CTM="56 56 -28 28 28 0" Alpha="160"/>')

    return draw


def shading(kind: str, more: str) -> str:
    """A gradient of three colours."""
    stops = "".join(
        f'<Segment Position="{at}"><Color Value="{value}"/></Segment>'
        for at, value in ((0, "255 0 0"), (0.5, "255 255 0"), (1, "0 0 255"))
    )
    return path(f"<FillColor><{kind} {more}>{stops}</{kind}></FillColor>")


PATTERN = (
    '<FillColor><Pattern Width="8" Height="8" XStep="9" YStep="9"><CellContent>'
    '<PathObject ID="900" Boundary="0 0 8 8" Fill="true"><FillColor Value="0 120 90"/>'
    "<AbbreviatedData>M 0 4 L 4 0 L 8 4 L 4 8 C</AbbreviatedData></PathObject>"
    "</CellContent></Pattern></FillColor>"
)
MESH = (
    '<FillColor><GouraudShd><Point X="0" Y="0"><Color Value="255 0 0"/></Point>'
    '<Point X="80" Y="0"><Color Value="0 255 0"/></Point>'
    '<Point X="40" Y="50"><Color Value="0 0 255"/></Point></GouraudShd></FillColor>'
)
def many_clips(writer: OfdWriter, page: PageWriter) -> None:
    """Hundreds of clipped objects, as drawing programs write them."""
    for number in range(300):
        x, y = 10 + number % 20 * 9, 20 + number // 20 * 12
        page.add(
            f'<PathObject ID="{{id}}" Boundary="{x} {y} 8 10" Fill="true">'
            f'<FillColor Value="{number % 255} 80 120"/><Clips><Clip><Area>'
            f'<Path Boundary="0 0 8 10" Fill="true"><AbbreviatedData>M 4 0 L 8 10 L 0 10 C'
            "</AbbreviatedData></Path></Area></Clip></Clips>"
            "<AbbreviatedData>M 0 0 L 8 0 L 8 10 L 0 10 C</AbbreviatedData></PathObject>"
        )


def dense(writer: OfdWriter, page: PageWriter) -> None:
    """A page full of small text."""
    font = serif(writer)
    for line in range(85):
        page.text(12, 14 + line * 3.2, 2.6, TEXT * 2, font)


def template(writer: OfdWriter, page: PageWriter) -> None:
    """A page over a template."""
    behind = writer.template()
    behind.path((0, 0, 210, 20), "M 0 0 L 210 0 L 210 20 L 0 20 C", inside=(220, 230, 240))
    page.template = behind.id
    plain(writer, page)


def composite(writer: OfdWriter, page: PageWriter) -> None:
    """A drawing that is used twice."""
    number = writer.ids.next()
    writer.resources.append(
        f'<CompositeGraphicUnits><CompositeGraphicUnit ID="{number}" Width="40" Height="40">'
        f"<Content>{path(RED, 'M 0 0 L 40 0 L 20 40 C').replace('{id}', '901')}</Content>"
        "</CompositeGraphicUnit></CompositeGraphicUnits>"
    )
    for x in (20, 100):
        page.add(f'<CompositeObject ID="{{id}}" ResourceID="{number}" '
                 f'Boundary="{x} 20 80 80" CTM="1.5 0 0 1.5 0 0" Alpha="180"/>')


def spaces(writer: OfdWriter, page: PageWriter) -> None:
    """Grey, CMYK and a palette."""
    grey, ink, palette = (writer.ids.next() for _ in range(3))
    writer.resources.append(
        f'<ColorSpaces><ColorSpace ID="{grey}" Type="GRAY"/><ColorSpace ID="{ink}" Type="CMYK"/>'
        f'<ColorSpace ID="{palette}" Type="RGB"><Palette><CV>255 0 0</CV><CV>0 128 0</CV>'
        "</Palette></ColorSpace></ColorSpaces>"
    )
    for place, colour in enumerate((
        f'<FillColor ColorSpace="{grey}" Value="128"/>',
        f'<FillColor ColorSpace="{ink}" Value="0 255 255 30"/>',
        f'<FillColor ColorSpace="{palette}" Index="1"/>',
        '<FillColor Value="#33 #66 #99" Alpha="128"/>',
    )):
        page.add(path(colour).replace("20 20 80 50", f"20 {20 + place * 60} 80 50"))


def masked(writer: OfdWriter, page: PageWriter) -> None:
    """A picture that shows through another."""
    shown = writer.picture(samples.encoded("png"), "png")
    window = writer.picture(samples.mask(), "png")
    page.add(f'<ImageObject ID="{{id}}" ResourceID="{shown}" ImageMask="{window}" '
             'Boundary="20 20 100 100" CTM="100 0 0 100 0 0"/>')


def lines(writer: OfdWriter, page: PageWriter) -> None:
    """Every way to end, join and break a line."""
    styles = [
        f'Cap="{cap}" Join="{join}" LineWidth="{width}" DashPattern="{dashes}"'
        for cap, join, width, dashes in (
            ("Butt", "Miter", 2, "6 3"), ("Round", "Round", 3, "1 5"), ("Square", "Bevel", 4, "9"),
        )
    ]
    for place, style in enumerate(styles):
        page.add(
            f'<PathObject ID="{{id}}" Boundary="20 {20 + place * 60} 150 50" {style}>'
            "<StrokeColor Value=\"20 60 120\"/><AbbreviatedData>M 5 45 L 40 5 L 75 45 "
            "Q 100 0 120 45 B 125 10 140 10 145 45 A 10 5 0 0 1 149 20</AbbreviatedData>"
            "</PathObject>"
        )


DRAWINGS: dict[str, Draw] = {
    "plain": plain,
    "dense": dense,
    "template": template,
    "composite": composite,
    "colour spaces": spaces,
    "image mask": masked,
    "lines": lines,
    "many clips": many_clips,
    "axial": as_xml(shading("AxialShd", 'StartPoint="0 0" EndPoint="80 50" Extend="3"')),
    "axial reflect": as_xml(shading(
        "AxialShd", 'StartPoint="0 0" EndPoint="20 0" MapType="Reflect" MapUnit="20" Extend="3"')),
    "radial": as_xml(shading(
        "RadialShd", 'StartPoint="40 25" StartRadius="0" EndPoint="40 25" EndRadius="40"')),
    "pattern": as_xml(path(PATTERN)),
    "mesh": as_xml(path(MESH)),
    "clip": as_xml(path(RED + CLIP)),
    "clip on text": as_xml(text(f'{CLIP}<TextCode X="0" Y="20" DeltaX="g 5 6">{TEXT}</TextCode>')),
    "even-odd": as_xml(path(
        RED, "M 0 0 L 80 0 L 80 50 L 0 50 C M 20 10 L 60 10 L 60 40 L 20 40 C",
        'Rule="Even-Odd"')),
    "opacity": as_xml(path(RED, more='Alpha="90"'), path('<FillColor Value="0 0 200"/>',
                                                         more='Alpha="90"')),
    "matrix": as_xml(path(RED, more='CTM="0.7 0.7 -0.7 0.7 40 0"')),
    "vertical": as_xml(text(
        f'<TextCode X="140" Y="6" DeltaX="0" DeltaY="g 29 7">{TEXT}</TextCode>',
        'ReadDirection="90"')),
    "turned characters": as_xml(text(
        f'<TextCode X="10" Y="10" DeltaX="g 29 7">{TEXT}</TextCode>', 'CharDirection="90"')),
    "runs of distances": as_xml(text(
        f'<TextCode X="0" Y="10" DeltaX="6 g 5 6 3 g 10 4">{TEXT}</TextCode>')),
    "no distances": as_xml(text(f'<TextCode X="0" Y="10">{TEXT}</TextCode>')),
    "two codes": as_xml(text(
        '<TextCode X="0" Y="10" DeltaX="g 5 6">电子证照</TextCode>'
        '<TextCode X="0" Y="20" DeltaX="g 5 6">样本</TextCode>')),
    "outlined": as_xml(text(
        f'<FillColor Value="255 220 0"/><StrokeColor Value="200 0 0"/>'
        f'<TextCode X="0" Y="10" DeltaX="g 29 6">{TEXT}</TextCode>',
        'Stroke="true" LineWidth="0.3"')),
    "narrow": as_xml(text(
        f'<TextCode X="0" Y="10" DeltaX="g 29 3">{TEXT}</TextCode>', 'HScale="0.5"')),
    "glyphs": as_xml(text(
        '<CGTransform CodePosition="0" CodeCount="2" GlyphCount="2"><Glyphs>1 2</Glyphs>'
        '</CGTransform><TextCode X="0" Y="10" DeltaX="g 3 7">电子证照</TextCode>')),
    "rare characters": as_xml(text(
        '<TextCode X="0" Y="10" DeltaX="g 5 7">㐂𠮷龘</TextCode>')),
    "page block": as_xml(f'<PageBlock ID="{{id}}">{path(RED).replace("{id}", "902")}</PageBlock>'),
    "odd objects": as_xml(
        path(RED), '<TextObject ID="{id}" Font="9999" Size="5" Boundary="20 100 90 10">'
        '<TextCode X="0" Y="5">无此字体</TextCode></TextObject>',
        '<ImageObject ID="{id}" ResourceID="9999" Boundary="0 0 10 10" CTM="10 0 0 10 0 0"/>',
        '<PathObject ID="{id}" Boundary="broken"><AbbreviatedData>M 0</AbbreviatedData>'
        "</PathObject>",
    ),
}


def packages() -> Iterator[tuple[str, bytes]]:
    """Packages as other writers make them."""
    parts = document(plain)
    yield "no prefix", pack({
        name: data.replace(b"<ofd:", b"<").replace(b"</ofd:", b"</").replace(b"xmlns:ofd", b"xmlns")
        if name.endswith(".xml") else data
        for name, data in parts.items()
    })
    yield "byte order mark", pack({
        name: b"\xef\xbb\xbf" + data if name.endswith(".xml") else data
        for name, data in parts.items()
    })
    yield "backslashes", pack({name.replace("/", "\\"): data for name, data in parts.items()})
    yield "absolute places", pack(parts | {
        "OFD.xml": parts["OFD.xml"].replace(
            f">{FOLDER}/".encode(), f">/{FOLDER}/".encode()
        )
    })
    yield "bytes before", b"MZ" * 40 + pack(parts)
    writer = OfdWriter("样本", size=(297.0, 420.0))
    for _ in range(5):
        plain(writer, writer.page())
    yield "five pages of A3", pack(writer.parts())
    heading = OfdWriter("样本", {"ZZMC": "样本"})
    page = heading.page()
    font = heading.font("Noto Sans CJK SC", file=cut_font(SANS[0], SANS[2], TEXT))
    page.text(20, 40, 9, TEXT, font, (180, 0, 0), spacing=1)
    yield "metadata", pack(heading.parts())
