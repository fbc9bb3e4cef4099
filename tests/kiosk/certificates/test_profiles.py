"""Profiles of kinds: what a file of them says, which kind a certificate is of, and its rules."""

import re
import tomllib
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates import rules
from kiosk.certificates.identifier import issuer_area, type_code
from kiosk.certificates.port import Certificate
from kiosk.certificates.profile_file import SHIPPED, load_profiles, read_profile
from kiosk.certificates.profiles import SECTIONS, Profile, Sides, as_json, printing_rules
from kiosk.config import BadConfiguration
from kiosk.identity.levels import Level
from kiosk.visit.states import CertificateStatus
from sandbox.library.issue import identifier
from sandbox.library.regions import home, other_regions
from tests.conftest import last_json, run_module

DOCUMENT = Path(__file__).parents[3] / "docs" / "certificates.md"
TODAY = date(2026, 11, 24)
ISSUER = "11990000MB0TONG060"
NOTARY = """
name_zh = "公证书"
name_en = "Notarial certificate"
codes = ["11990000MB0TONG990001"]
[printing]
most_copies = 1
sides = "two"
"""


def certificate(code="11990000MB0TONG060002", kind="household", expires=None) -> Certificate:
    return Certificate(
        identifier(code, ISSUER, "1"), kind, "户籍证明", "", "1", "同邦市公安局",
        date(2026, 11, 2), expires, CertificateStatus.VALID, "01", "",
    )


@pytest.fixture
def folder(tmp_path):
    """A site's own folder, and a way to put a file into it."""

    def put(text, name="notary.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return put


def test_every_kind_of_the_sandbox_has_a_profile_with_its_code_and_name():
    profiles = load_profiles()
    for region in (home(), *other_regions().values()):
        for kind in region.types.values():
            found = profiles.by_id[kind.id]
            assert kind.code in found.codes
            assert found.name_zh == kind.name


def test_a_kind_is_found_by_its_code_before_the_librarys_name_for_it():
    profiles = load_profiles()
    assert profiles.for_certificate(certificate(kind="anything")).id == "household"
    assert profiles.for_certificate(certificate("11990000MB0TONG999001")).id == "household"
    assert profiles.for_certificate(certificate(kind="marriage")).id == "household"
    unknown = certificate("11990000MB0TONG999001", "anything")
    assert profiles.for_certificate(unknown) is profiles.default
    assert profiles.default.printable


def test_what_a_profile_leaves_out_is_as_in_the_default():
    profiles = load_profiles()
    household = profiles.by_id["household"]
    assert household.printing == replace(profiles.default.printing, most_copies=3)
    assert household.validity.counts_days == 184
    assert not household.file.silent
    assert profiles.by_id["marriage"].level is Level.HIGH
    assert not profiles.by_id["residence_card"].printable


def test_a_site_adds_kinds_and_puts_its_own_in_place_of_the_shipped(folder):
    site = folder(NOTARY)
    folder(NOTARY.replace("0TONG990001", "0TONG060002"), "household.toml")
    profiles = load_profiles(site)
    notary = profiles.by_id["notary"]
    assert (notary.printing.most_copies, notary.printing.sides) == (1, Sides.TWO)
    assert profiles.for_certificate(certificate()).printing.most_copies == 1
    assert profiles.by_id["marriage"] == load_profiles().by_id["marriage"]


def test_a_sites_default_is_the_default_of_every_kind(folder):
    shipped = (SHIPPED / "default.toml").read_text(encoding="utf-8")
    site = folder(shipped.replace("copy_days = 90", "copy_days = 45"), "default.toml")
    assert load_profiles(site).by_id["household"].printing.copy_days == 45


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("most_copies = 1", "most_copies = 0"), "printing.most_copies must be a whole number"),
        (("most_copies = 1", "most_copies = true"), "printing.most_copies must be a whole number"),
        (("most_copies = 1", 'purposes = ["war"]'), "printing.purposes 'war' is none of school"),
        (("most_copies = 1", "purposes = []"), "printing.purposes must have at least 1"),
        (("most_copies = 1", 'purposes = "bank"'), "printing.purposes must be a list of text"),
        (("most_copies = 1", 'purposes = ["bank", "bank"]'), "printing.purposes has something tw"),
        (("most_copies = 1", "most = 1"), "unknown field printing.most"),
        (("most_copies = 1", "printable = 1"), "printing.printable must be true or false"),
        (('sides = "two"', 'sides = "three"'), "printing.sides must be one of one, two"),
        (("[printing]", "[print]"), "unknown field print"),
        ((NOTARY[NOTARY.index("[printing]") :], "printing = 1"), r"\[printing\] is not a section"),
        (("[printing]", '[file]\nrequired = ["colour"]\n[printing]'), "file.required 'colour' is"),
        (("[printing]", '[file]\nagree = ["previous"]\n[printing]'), "file.agree 'previous' is"),
        (("[printing]", 'level = "top"\n[printing]'), "level must be one of low, substantial"),
        (("TONG990001", "990001"), "codes '11990000MB0990001' is not a type code"),
        (("TONG990001", "TONG020002"), "codes has 11990000MB0TONG020002, which is of .*marriage"),
        (('name_zh = "公证书"', ""), "name_zh is missing: the kind's name in Chinese"),
        (('name_zh = "公证书"', 'name_zh = " "'), "name_zh must be text"),
        (('name_zh = "公证书"', "name_zh = "), "notary.toml: "),
    ],
)
def test_a_mistake_is_told_with_the_file_and_the_field(folder, change, message):
    assert change[0] in NOTARY
    site = folder(NOTARY.replace(*change))
    with pytest.raises(BadConfiguration, match=message) as caught:
        load_profiles(site)
    assert "notary.toml" in str(caught.value)


def test_a_folder_that_is_not_there_and_a_default_that_is_not_whole_are_told(tmp_path, folder):
    with pytest.raises(BadConfiguration, match="no folder of profiles"):
        load_profiles(tmp_path / "nowhere")
    site = folder(NOTARY, "default.toml")
    with pytest.raises(BadConfiguration, match=r"default\.toml: file\.silent is missing: whether"):
        load_profiles(site)


def test_a_copy_is_good_for_no_longer_than_its_original():
    profile = load_profiles().by_id["household"]
    assert printing_rules(profile, certificate(), TODAY).copy_days == 90
    soon = certificate(expires=date(2026, 12, 4))
    assert printing_rules(profile, soon, TODAY) == replace(profile.printing, copy_days=10)
    over = certificate(expires=TODAY)
    assert printing_rules(profile, over, TODAY).copy_days == 1
    old = replace(certificate(), issued=date(2026, 6, 1))
    assert printing_rules(profile, old, TODAY).copy_days == 184 - (TODAY - old.issued).days


def test_every_field_stands_in_the_document_with_its_meaning():
    written = DOCUMENT.read_text(encoding="utf-8")
    for section, kind in {"": Profile, **SECTIONS}.items():
        for one in fields(kind):
            if "help" in one.metadata:
                name = f"{section}.{one.name}".lstrip(".")
                assert f"| `{name}` | {one.metadata['help']}" in written


def test_a_profile_as_json_is_what_its_file_says():
    told = as_json(read_profile(SHIPPED / "default.toml", None))
    written = tomllib.loads((SHIPPED / "default.toml").read_text(encoding="utf-8"))
    assert told.pop("id") == "default"
    lists = {
        name: {key: list(one) if isinstance(one, tuple) else one for key, one in part.items()}
        if isinstance(part, dict) else list(part) if isinstance(part, tuple) else part
        for name, part in told.items()
    }
    assert lists == written


def test_the_command_line_lists_profiles_and_tells_a_mistake(folder):
    site = folder(NOTARY)
    listed = run_module("kiosk.certificates", "profiles", "--folder", str(site))
    assert "公证书" in listed.stdout
    assert re.search(r"residence_card .* never ", listed.stdout)
    told = last_json(run_module("kiosk.certificates", "profiles", "--json").stdout)
    assert [one["id"] for one in told["profiles"]] == ["default", *load_profiles().by_id]
    folder(NOTARY.replace("most_copies = 1", "most_copies = 0"))
    arguments = ("profiles", "--folder", str(site))
    wrong = run_module("kiosk.certificates", *arguments, "--json")
    assert (wrong.returncode, last_json(wrong.stdout)["reason"]) == (1, "bad_configuration")
    plain = run_module("kiosk.certificates", *arguments)
    assert (plain.returncode, plain.stdout) == (2, "")
    assert "notary.toml: printing.most_copies must be a whole number from 1 to 20" in plain.stderr
    assert len(plain.stderr.splitlines()) == 1


def test_the_parts_of_an_identifier_are_read_and_of_none_nothing():
    one = certificate().identifier
    assert (type_code(one), issuer_area(one)) == ("11990000MB0TONG060002", "990000")
    assert (type_code("1.2.3"), issuer_area("")) == ("", "")


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers())))
def test_a_value_of_any_type_is_read_or_refused_in_words(value):
    readers = (
        rules.text, rules.yes_or_no, rules.whole(0, 5), rules.choice({"a": 1}),
        rules.several(("a", "b")), rules.several_like(re.compile("x"), "an x"),
    )
    assert all(reads_or_says_why(read, value) for read in readers)


def reads_or_says_why(read, value) -> bool:
    try:
        read(value)
    except ValueError as error:
        return bool(str(error))
    return True
