"""The text of a printed page names the characters that were written."""

import pypdfium2
import pytest

from kiosk.ofd import OfdFile, render_pdf
from kiosk.ofd.text_layer import characters, mend_map
from sandbox.ofd.objects import document
from sandbox.ofd.package import pack

WRITTEN = "一人大小日月水火电子证照老高金车户口"


def test_characters_that_fonts_share_with_radicals_are_found_as_they_were_written():
    def draw(writer, page):
        page.text(20, 30, 5, WRITTEN, writer.font("宋体"))

    pdf, _ = render_pdf(OfdFile(pack(document(draw))))
    assert WRITTEN in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def test_every_radical_of_the_first_kind_has_its_character():
    known = characters()
    assert all(code in known for code in range(0x2F00, 0x2FD6))
    assert known[0x2F00] == ord("一")
    assert known[0x2ECB] == ord("车")


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        (b"a\n1 beginbfchar\n<01> <2F00>\nendbfchar\nb", b"a\n1 beginbfchar\n<01> <4E00>\n"
                                                         b"endbfchar\nb"),
        (b"1 beginbfrange\n<01FF> <0201> <2EFF>\nendbfrange\n",
         b"3 beginbfchar\n<01FF> <2EFF>\n<0200> <4E00>\n<0201> <4E28>\nendbfchar\n"),
        (b"1 beginbfchar\n<01> <7535>\nendbfchar\n", b"1 beginbfchar\n<01> <7535>\nendbfchar\n"),
        (b"1 beginbfchar\n<01> <2F00>\n<02> <D842DFB7>\nendbfchar\n",
         b"2 beginbfchar\n<01> <4E00>\n<02> <D842DFB7>\nendbfchar\n"),
    ],
)
def test_a_map_is_rewritten_where_it_names_a_radical(written, mended):
    assert mend_map(written) == mended


def test_a_long_map_is_written_in_blocks():
    lines = b"".join(b"<%04X> <2F00>\n" % one for one in range(250))
    made = mend_map(b"250 beginbfchar\n" + lines + b"endbfchar\n")
    assert [made.count(b"100 beginbfchar"), made.count(b"50 beginbfchar")] == [2, 1]
