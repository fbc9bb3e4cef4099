"""Edges of the standard: each file looks as the standard says it must."""

import numpy as np
import pypdfium2
import pytest

from kiosk.ofd import OfdFile, read_stamps, render_page, render_pdf
from kiosk.ofd.plain import page_text
from sandbox.ofd.edges import two_documents, versions
from sandbox.ofd.package import SIGNATURES, pack
from tests.kiosk.ofd.test_render import DPI, MM, at, near

RED, WHITE = (200, 30, 30), (255, 255, 255)


@pytest.fixture
def draw(files):
    def render(name: str) -> np.ndarray:
        file = OfdFile(files[name])
        return render_page(file, 1, DPI, read_stamps(file)).rgba[:, :, :3].astype(int)

    return render


def on_paper(data: bytes) -> np.ndarray:
    pdf, _ = render_pdf(OfdFile(data))
    page = pypdfium2.PdfDocument(pdf)[0]
    return np.asarray(page.render(scale=DPI / 72, rev_byteorder=True).to_numpy())[:, :, :3]


def test_an_annotation_that_is_not_to_be_printed_is_seen_but_not_on_paper(files, draw):
    seen, printed = draw("annotations"), on_paper(files["annotations"])
    assert near(at(seen, 60, 135), RED)
    assert near(at(seen, 95, 185), RED)
    assert not near(at(seen, 95, 228), RED)
    assert near(at(printed, 60, 135), RED)
    assert not near(at(printed, 95, 185), RED)


def test_colours_that_name_no_space_are_of_the_documents(draw):
    assert near(at(draw("default colour space"), 60, 45), (0, 128, 0))


def test_beyond_the_shown_part_nothing_is_drawn(files, draw):
    for picture in (draw("shown part"), on_paper(files["shown part"])):
        assert near(at(picture, 50, 45), RED)
        assert near(at(picture, 80, 45), WHITE)


def test_escaped_characters_are_the_ones_they_stand_for(files):
    assert "电子\x01𠮷样\\本" in page_text(OfdFile(files["escaped characters"]).page(1))


def test_a_template_in_front_hides_what_is_behind(draw):
    picture = draw("template in front")
    assert near(at(picture, 40, 45), (0, 120, 0))
    assert near(at(picture, 80, 45), RED)


def test_of_two_documents_the_first_is_shown_and_the_file_says_so(files, judge):
    file = OfdFile(files["two documents"])
    assert file.notes == ("the first of 2 documents is shown",)
    assert file.notes[0] in render_page(file, 1, DPI).problems
    assert "Sample" in page_text(file.page(1))


def test_the_current_version_is_shown_and_what_it_is_made_of_must_be_covered(files, draw):
    assert near(at(draw("versions"), 60, 45), RED)
    assert "Doc_0/Pages/Page_1/Content.xml" in OfdFile(files["versions"]).drawn_parts()
    assert "Doc_0/Pages/Page_0/Content.xml" not in OfdFile(files["versions"]).drawn_parts()


def test_invisible_objects_leave_no_mark_and_actions_do_nothing(draw):
    assert near(at(draw("invisible objects"), 60, 45), RED)
    assert near(at(draw("actions"), 60, 45), RED)


def test_nested_blocks_and_composites_are_drawn_in_their_places(draw):
    assert near(at(draw("nested blocks"), 60, 45), RED)
    picture = draw("composite in a composite")
    assert near(at(picture, 35, 35), WHITE)
    assert near(at(picture, 60, 60), RED)


def test_a_style_is_put_together_from_those_it_builds_on(draw):
    assert near(at(draw("draw parameters"), 60, 45), RED)


def test_clips_by_text_and_under_a_matrix(draw):
    picture = draw("clip by text")
    assert near(at(picture, 95, 45), RED)
    assert near(at(picture, 79, 68), WHITE)
    half = draw("clip under a matrix")
    assert near(at(half, 60, 50), RED)
    assert near(at(half, 42, 31), WHITE)


def test_glyphs_that_are_named_take_the_place_of_their_characters(draw):
    usual, split, joined = (
        (draw(name)[: round(40 * MM)] < 128).any(axis=(0, 2))
        for name in ("glyphs", "one character as two glyphs", "two characters as one glyph")
    )
    ends = [int(np.flatnonzero(one).max() / MM) for one in (usual, split, joined)]
    assert ends[2] < ends[0] < ends[1]


def test_a_picture_that_is_missing_has_a_substitute_and_one_may_have_a_frame(draw):
    picture = draw("border and substitute")
    assert near(at(picture, 20, 50), RED, 60)
    assert near(at(picture, 130, 50), at(picture, 50, 50))


def test_packages_of_versions_and_two_documents_are_whole():
    for parts in (versions(), two_documents()):
        assert OfdFile(pack(parts)).page_count == 1
        assert SIGNATURES not in parts
