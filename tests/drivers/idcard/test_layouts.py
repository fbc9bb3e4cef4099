"""The four text layouts: what was put in comes out, and nothing makes decoding fail."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.idcard.codes import ETHNIC_GROUPS, citizen_check_digit, citizen_number_is_sound
from drivers.idcard.layouts import LAYOUTS, decode, encode, layout_for, layout_of, parse_day
from drivers.idcard.port import PERMANENT, DocumentType, Sex, Warn

TODAY = date(2026, 11, 23)
CITIZEN = {
    "name": "赵德厚",
    "sex": "1",
    "ethnicity_code": "01",
    "birth_date": "19230605",
    "address": "青云省同邦市云溪县石桥乡上石桥村一组3号",
    "number": "119900192306050118",
    "issuing_authority": "同邦市公安局云溪分局",
    "valid_from": "20070215",
    "valid_to": "长期",
}


def read(layout: str, values: dict[str, str]):
    return decode(encode(layout_for(layout), values), TODAY)


def test_a_centenarian_with_a_permanent_card():
    document = read("cn_resident", CITIZEN)
    assert document.document_type is DocumentType.CN_RESIDENT
    assert (document.name, document.sex, document.ethnicity) == ("赵德厚", Sex.MALE, "汉")
    assert document.birth_date == date(1923, 6, 5)
    assert document.valid_to == PERMANENT
    assert document.nationality == "CHN"
    assert document.warnings == ()


def test_a_name_with_a_character_outside_the_basic_plane():
    assert read("cn_resident", CITIZEN | {"name": "张𡨽"}).name == "张𡨽"


def test_a_foreigners_card_of_2017():
    values = {
        "name_latin": "MARTIN, ANNA ELISABETH",
        "name": "安娜",
        "sex": "2",
        "number": "FRA110085030701",
        "nationality": "FRA",
        "birth_date": "19850307",
        "valid_from": "20190607",
        "valid_to": "20290606",
    }
    document = read("cn_foreigner_2017", values)
    assert document.number == "FRA110085030701"
    assert document.name_latin == "MARTIN, ANNA ELISABETH"
    assert document.nationality == "FRA"
    assert document.warnings == ()


def test_a_foreigners_card_of_2023_joins_a_long_latin_name():
    values = {
        "name": "欧嘉明",
        "sex": "1",
        "birth_date": "19880415",
        "name_latin": "OKAFOR-ADEBAYO, JAMES CHUKWUEMEKA O",
        "name_latin_rest": "LUWASEUN",
        "number": "999999198804150245",
        "nationality": "NGA",
        "valid_to": "20340228",
    }
    document = read("cn_foreigner_2023", values)
    assert document.name_latin == "OKAFOR-ADEBAYO, JAMES CHUKWUEMEKA OLUWASEUN"
    assert document.warnings == ()


def test_a_hong_kong_residents_permit_carries_the_travel_permit_number():
    values = CITIZEN | {
        "number": "810000197911029991",
        "ethnicity_code": "",
        "valid_to": "20270831",
        "permit_number": "H90000001",
        "issue_count": "01",
    }
    document = read("cn_hmt_permit", values)
    assert (document.permit_number, document.issue_count) == ("H90000001", 1)
    assert document.ethnicity is None


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"number": "119900192306050119"}, Warn.BAD_CHECK_DIGIT),
        ({"ethnicity_code": "81"}, Warn.UNKNOWN_ETHNIC_CODE),
        ({"sex": "7"}, Warn.UNKNOWN_SEX_CODE),
        ({"birth_date": "19231399"}, Warn.BAD_DATE),
        ({"valid_to": "20250601"}, Warn.EXPIRED),
    ],
)
def test_what_is_odd_is_kept_and_warned_of(change, warning):
    assert read("cn_resident", CITIZEN | change).warnings == (warning,)


def test_an_unknown_selector_is_read_as_a_citizens_card():
    block = bytearray(encode(layout_for("cn_resident"), CITIZEN))
    block[248:250] = "Q".encode("utf-16-le")
    assert layout_of(bytes(block)).document_type is DocumentType.CN_RESIDENT


def test_a_value_that_does_not_fit_is_refused_by_its_field():
    with pytest.raises(ValueError, match="name does not fit"):
        encode(layout_for("cn_resident"), {"name": "字" * 16})


def test_a_document_tells_nothing_in_its_repr():
    assert repr(read("cn_resident", CITIZEN)) == "<IdentityDocument cn_resident>"


def test_the_promised_json_has_null_for_what_is_absent():
    fields = read("cn_resident", CITIZEN).as_json()
    assert fields["permit_number"] is None
    assert fields["valid_to"] == "permanent"
    assert fields["birth_date"] == "1923-06-05"
    assert fields["warnings"] == []
    assert "photo" not in fields


@given(st.binary(min_size=256, max_size=256))
def test_any_block_is_a_document_or_none(block):
    document = decode(block, TODAY)
    assert document is None or document.number


@given(st.binary(max_size=300).filter(lambda block: len(block) != 256))
def test_a_block_of_another_size_is_no_document(block):
    assert decode(block, TODAY) is None


@given(st.sampled_from(LAYOUTS), st.data())
def test_what_is_encoded_is_decoded(layout, data):
    letters = st.characters(codec="utf-8", categories=["Lo", "Lu"], max_codepoint=0xFFFF)
    name = data.draw(st.text(letters, min_size=1, max_size=8))
    number = data.draw(st.from_regex(r"[0-9]{15}", fullmatch=True))
    document = decode(encode(layout, {"name": name, "number": number}), TODAY)
    assert (document.name, document.number) == (name, number)


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("11010519491231002", "X"),
        ("44052418800101001", "4"),
        ("34052419800101001", "X"),
        ("81000019800101001", "4"),
        ("83000019900307004", "3"),
        ("91112319800101001", "9"),
    ],
)
def test_check_digits_of_the_standard(body, check):
    assert citizen_check_digit(body) == check
    assert citizen_number_is_sound(body + check.lower())


@given(st.text(max_size=20))
def test_any_text_is_a_sound_number_or_not(text):
    assert citizen_number_is_sound(text) in (True, False)


@given(st.text(max_size=9))
def test_any_text_is_a_day_or_none(text):
    assert parse_day(text) is None or parse_day(text).strftime("%Y%m%d") == text.zfill(8)


def test_there_are_56_groups_and_two_more_codes():
    assert len(ETHNIC_GROUPS) == 58
    assert (ETHNIC_GROUPS["05"], ETHNIC_GROUPS["56"]) == ("维吾尔", "基诺")
