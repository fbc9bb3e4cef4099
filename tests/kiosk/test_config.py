"""A wrong configuration raises at once, with the field's name."""

import pytest

from kiosk.config import SECTIONS, BadConfiguration, load, template

GOOD = """
[terminal]
id = "T1"
place_zh = "村"
key = "key.pem"
state = "state"
[platform]
address = "http://127.0.0.1:1"
trust = "trust"
[devices]
reader = "/dev/ttyUSB0"
camera = "0"
receipt_printer = "tcp://127.0.0.1:9100"
document_printer = "ipp://127.0.0.1/ipp/print"
"""


def write(tmp_path, text):
    path = tmp_path / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_not_said_has_its_default_and_paths_are_beside_the_file(tmp_path):
    config = load(write(tmp_path, GOOD))
    assert config.screen.px_per_mm == 4.03
    assert config.terminal.key == tmp_path / "key.pem"


def test_a_folder_that_may_be_left_out_is_none_or_beside_the_file(tmp_path):
    assert load(write(tmp_path, GOOD)).certificates.profiles is None
    own = GOOD + '[certificates]\nprofiles = "kinds"\nregion_seconds = 3\n'
    config = load(write(tmp_path, own))
    assert config.certificates.profiles == tmp_path / "kinds"
    assert config.certificates.region_seconds == 3.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("id = ", "ident = "), "unknown field terminal"),
        (('id = "T1"\n', ""), "terminal.id is missing: the terminal's name"),
        (('id = "T1"', "id = 7"), "terminal.id must be str, not 7"),
        (("[devices]", "[device]"), r"unknown section \[device\]"),
        (("[devices]", "[screen]\nwidth = 0\n[devices]"), "screen.width must be above zero"),
        (("[devices]", "[screen]\nwidth = true\n[devices]"), "screen.width must be int"),
        (("[devices]", "[certificates]\nprofiles = 1\n[devices]"), "profiles must be Path, not 1"),
        (("[platform]", "[platform"), "kiosk"),
    ],
)
def test_a_mistake_is_told_by_the_fields_name(tmp_path, change, message):
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(BadConfiguration, match=message):
        load(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadConfiguration, match=r"nothing\.toml"):
        load(tmp_path / "nothing.toml")


def test_the_template_explains_every_field():
    text = template()
    for section in SECTIONS:
        assert f"[{section}]" in text
    assert text.count("#") > 15


def test_a_file_that_a_terminal_may_lack_is_none_unless_it_is_named(tmp_path):
    assert load(write(tmp_path, GOOD)).terminal.certificate is None
    empty = GOOD.replace("[platform]", 'certificate = ""\n[platform]')
    assert load(write(tmp_path, empty)).terminal.certificate is None
    named = GOOD.replace("[platform]", 'certificate = "own.crt"\n[platform]\ntls_roots = "roots"')
    config = load(write(tmp_path, named))
    assert config.terminal.certificate == tmp_path / "own.crt"
    assert config.platform.tls_roots == tmp_path / "roots"
    wrong = GOOD.replace("[platform]", "certificate = 7\n[platform]")
    with pytest.raises(BadConfiguration, match=r"terminal\.certificate must be"):
        load(write(tmp_path, wrong))
