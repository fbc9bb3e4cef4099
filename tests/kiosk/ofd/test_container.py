"""The package: strict in what two readers could see differently, lenient in the rest."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ofd import OfdError, OfdFile, OfdReason
from kiosk.ofd.container import Package
from kiosk.ofd.xml import parse
from tests.kiosk.ofd.conftest import parts_of, zipped

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")


def refused(entries) -> OfdReason:
    with pytest.raises(OfdError) as caught:
        Package(zipped(entries))
    return caught.value.reason


@pytest.mark.parametrize(
    "names",
    [
        ("OFD.xml", "OFD.xml"), ("OFD.xml", "ofd.XML"), ("a/b.xml", "a\\b.xml"),
        ("../OFD.xml",), ("a/../../b",), ("/etc/passwd",), ("C:\\x",), ("a/./b", "a/b"),
    ],
)
def test_a_package_that_two_readers_could_read_differently_is_refused(names):
    assert refused([(name, b"x") for name in names]) is OfdReason.UNSAFE_PACKAGE


def test_encrypted_entries_are_refused():
    data = bytearray(zipped([("OFD.xml", b"x")]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    with pytest.raises(OfdError, match="encrypted"):
        Package(bytes(data))


def test_entries_that_lie_over_one_another_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"x" * 100)
        archive.writestr("b", b"y" * 100)
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
    with pytest.raises(OfdError, match="lies over"):
        Package(out.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", b"\x00" * (100 << 20))
    with pytest.raises(OfdError) as caught:
        Package(out.getvalue())
    assert caught.value.reason is OfdReason.TOO_LARGE


@pytest.mark.parametrize(
    "start", [b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<x>&a;</x>", b"<x"]
)
def test_documents_types_entities_and_broken_xml_are_refused(start):
    with pytest.raises(OfdError) as caught:
        parse(start, "OFD.xml")
    assert caught.value.reason is OfdReason.BAD_XML


def test_names_in_gbk_are_read_as_they_are_meant():
    archive = zipped([("OFD.xml", b"x"), ("zz/zz.xml", b"content")])
    package = Package(archive.replace(b"zz/zz", "图/章".encode("gbk")[:5]))
    assert any("图" in name for name in package)


def test_places_are_found_beside_a_file_from_the_root_and_in_other_letters():
    package = Package(zipped([("OFD.xml", b"r"), ("Doc_0/Res/a.PNG", b"p")]))
    assert package.name_of("Res/a.png", "Doc_0/Document.xml") == "Doc_0/Res/a.PNG"
    assert package.name_of("/Doc_0/Res/a.PNG", "Doc_0/x") == "Doc_0/Res/a.PNG"
    assert package.name_of("Doc_0\\Res\\a.PNG", "Doc_0/x") == "Doc_0/Res/a.PNG"
    with pytest.raises(OfdError, match="leads out"):
        package.name_of("../../x", "Doc_0/Document.xml")


def test_a_part_that_is_not_there_is_named():
    with pytest.raises(OfdError, match=r"missing_part: Doc_9/x\.xml"):
        Package(zipped([("OFD.xml", b"x")])).read("Doc_9/x.xml")


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_reason(garbage):
    for data in (garbage, b"PK\x03\x04" + garbage):
        with pytest.raises(OfdError):
            OfdFile(data)


def test_a_document_without_its_parts_says_which_is_missing(sealed):
    parts = parts_of(sealed)
    del parts["Doc_0/Document.xml"]
    with pytest.raises(OfdError, match=r"Doc_0/Document\.xml"):
        OfdFile(zipped(list(parts.items())))
