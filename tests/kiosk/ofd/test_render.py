"""Drawing: every file of the corpus, and pictures of what the standard asks for."""

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from kiosk.ofd import OfdError, OfdFile, OfdReason, read_stamps, render_page, render_pdf
from kiosk.ofd.jbig2 import decode
from kiosk.ofd.plain import page_text
from sandbox.ofd import samples
from sandbox.ofd.objects import TEXT

DPI = 100
MM = DPI / 25.4


@pytest.fixture
def draw(files):
    """A page of a file of the corpus as an array, and what could not be drawn."""

    def render(name: str, page: int = 1) -> tuple[np.ndarray, tuple[str, ...]]:
        file = OfdFile(files[name])
        raster = render_page(file, page, DPI, read_stamps(file))
        return raster.rgba[:, :, :3].astype(int), raster.problems

    return render


def at(picture: np.ndarray, x: float, y: float) -> tuple[int, ...]:
    """The colour at a place in millimetres."""
    return tuple(int(one) for one in picture[round(y * MM), round(x * MM)])


def near(colour, wanted, slack=12):
    return all(abs(one - other) <= slack for one, other in zip(colour, wanted, strict=True))


def test_every_file_of_the_corpus_has_a_page_with_something_on_it(files, draw):
    assert len(files) >= 80
    for name in files:
        picture, problems = draw(name)
        assert (picture < 200).any(), name
        assert bool(problems) is (name in ("odd objects", "two documents")), (name, problems)


def test_every_file_becomes_a_pdf_that_shows_the_same(files, draw):
    for name, data in files.items():
        if name == "annotations":  # one of them is not to be printed
            continue
        file = OfdFile(data)
        pdf, _ = render_pdf(file, read_stamps(file))
        shown = pypdfium2.PdfDocument(pdf)
        assert len(shown) == file.page_count
        bitmap = shown[0].render(scale=DPI / 72).to_pil().convert("L")
        mine = Image.fromarray(draw(name)[0].astype(np.uint8)).convert("L")
        apart = np.abs(
            np.asarray(bitmap.resize((105, 148)), int) - np.asarray(mine.resize((105, 148)), int)
        )
        assert apart.mean() < 4, (name, apart.mean())


def test_a_page_has_the_size_of_its_area(draw):
    assert draw("plain")[0].shape == (round(297 * MM), round(210 * MM), 3)
    assert draw("five pages of A3", 5)[0].shape == (round(420 * MM), round(297 * MM), 3)


def test_gradients_run_as_they_are_told(draw):
    axial, _ = draw("axial")
    assert near(at(axial, 21, 21), (255, 8, 0), 20)
    assert near(at(axial, 60, 45), (255, 255, 0), 30)
    assert near(at(axial, 99, 69), (6, 6, 250), 20)
    radial, _ = draw("radial")
    assert near(at(radial, 60, 45), (255, 0, 0), 20)
    reflected, _ = draw("axial reflect")
    assert near(at(reflected, 22, 45), at(reflected, 58, 45), 30)


def test_a_pattern_repeats_and_a_mesh_shades(draw):
    tiles, _ = draw("pattern")
    assert near(at(tiles, 24, 24), at(tiles, 24 + 18, 24 + 18))
    mesh, _ = draw("mesh")
    assert at(mesh, 25, 22)[0] > 180
    assert at(mesh, 95, 22)[1] > 180
    assert at(mesh, 60, 66)[2] > 180


def test_clips_holes_and_opacity(draw):
    clipped, _ = draw("clip")
    assert near(at(clipped, 22, 22), (255, 255, 255))
    assert near(at(clipped, 60, 60), (200, 30, 30))
    hole, _ = draw("even-odd")
    assert near(at(hole, 60, 45), (255, 255, 255))
    assert near(at(hole, 25, 25), (200, 30, 30))
    mixed, _ = draw("opacity")
    assert 130 < at(mixed, 60, 45)[0] < 190


def test_colour_spaces(draw):
    picture, _ = draw("colour spaces")
    grey, ink, palette, clear = (at(picture, 60, 45 + step * 60) for step in range(4))
    assert near(grey, (128, 128, 128))
    assert ink[0] > 150
    assert max(ink[1:]) < 40
    assert near(palette, (0, 128, 0))
    assert near(clear, (153, 178, 204))


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "bmp", "tiff"])
def test_pictures_of_every_format_look_the_same(draw, kind):
    picture, _ = draw(f"image {kind}")
    assert near(at(picture, 60, 60), (0, 0, 128), 20)
    assert near(at(picture, 97, 97), (245, 245, 120), 25)


def test_jbig2_is_decoded_dot_by_dot():
    wanted = np.asarray(samples.picture().convert("1"), np.uint8) * 255
    assert np.array_equal(decode(samples.encoded("jb2")), wanted)
    with pytest.raises(OfdError) as caught:
        decode(samples.encoded("jb2")[:20])
    assert caught.value.reason is OfdReason.NOT_DRAWABLE


def test_a_mask_shows_its_part_of_a_picture(draw):
    picture, _ = draw("image mask")
    assert near(at(picture, 70, 70), (0, 0, 128), 20)
    assert near(at(picture, 21, 21), (255, 255, 255))


def test_a_seal_is_stamped_where_the_signature_says(draw, files):
    sealed, _ = draw("sealed v4")
    box = sealed[round(200 * MM) : round(240 * MM), round(130 * MM) : round(170 * MM)]
    red = (box[:, :, 0] > 150) & (box[:, :, 1] < 90)
    assert red.sum() > 400
    unsealed, _ = draw("plain")
    assert not ((unsealed[:, :, 0] > 150) & (unsealed[:, :, 1] < 90)).any()


def test_vertical_text_runs_down(draw):
    picture, _ = draw("vertical")
    rows, columns = np.nonzero((picture < 128).any(axis=2))
    assert np.ptp(rows) > 5 * np.ptp(columns)


def test_a_font_that_is_only_named_keeps_to_its_places(draw):
    ends = []
    for name in ("font 宋体", "font 黑体", "font Courier New"):
        _, columns = np.nonzero((draw(name)[0] < 128).any(axis=2))
        ends.append(columns.max() / MM)
    assert max(ends) < 190


def test_packages_as_other_writers_make_them_show_the_same(draw):
    plain, _ = draw("plain")
    for name in ("no prefix", "byte order mark", "backslashes", "absolute places", "bytes before"):
        assert np.array_equal(draw(name)[0], plain), name


def test_the_text_of_a_page_can_be_read(files):
    text = page_text(OfdFile(files["sealed v4"]).page(1))
    assert text.splitlines()[0] == TEXT


def test_metadata_and_pages_that_are_not_there(files):
    file = OfdFile(files["metadata"])
    assert file.description.custom == {"ZZMC": "样本"}
    with pytest.raises(OfdError, match="page 2 of 1"):
        render_page(file, 2, DPI)
    with pytest.raises(OfdError) as caught:
        render_page(file, 1, 20_000)
    assert caught.value.reason is OfdReason.TOO_LARGE


def test_a_picture_can_be_saved(files):
    raster = render_page(OfdFile(files["plain"]), 1, 50)
    out = io.BytesIO()
    Image.fromarray(raster.rgba).save(out, "PNG")
    assert Image.open(io.BytesIO(out.getvalue())).size == (413, 585)
