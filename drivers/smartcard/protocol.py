"""APDUs, and how a social-security card is read. Bytes in, bytes out.

The card is selected by name, then two files are read record by record: EF05 about the
card, EF06 about its holder (docs/idcard.md, section 4). Nothing here verifies a PIN: a
wrong one would burn the citizen's tries, and none is needed for these records.
"""

from collections.abc import Generator
from datetime import date

from drivers.device import DeviceFailure, FailureReason
from drivers.idcard.codes import ETHNIC_GROUPS, SEX, citizen_number_is_sound
from drivers.idcard.layouts import parse_day
from drivers.idcard.port import Assurance, DocumentType, IdentityDocument, Sex, Warn
from drivers.smartcard.port import CardSession, Moment, Response

SSSE = b"sx1.sh." + "社会保障".encode("gb2312")
"""Name of the social-security environment (LD/T 32)."""

SELECT_BY_NAME = bytes.fromhex("00a40400")
GET_RESPONSE = bytes.fromhex("00c00000")
READ_RECORD = bytes.fromhex("00b2")
EF05, EF06 = 0x2C, 0x34
"""P2 of READ RECORD for short file identifiers 5 and 6."""

NOT_FOUND = frozenset({"6A82", "6A81", "6A86", "6D00", "6E00"})
NEEDS_PIN = frozenset({"6982", "6985"})
NO_RECORD = frozenset({"6A83", "6A88"})
LONGEST_CHAIN = 16
"""How often a card may say that there is more before that counts as nonsense."""

VERSION, ISSUED, EXPIRES, CARD_NUMBER = 3, 5, 6, 7
NUMBER, NAME = 1, 2


def transceive(apdu: bytes) -> Generator[bytes, Response, Response]:
    """One command to its end: 61xx is followed by GET RESPONSE, 6Cxx sent again with Le."""
    response = yield apdu
    data = b""
    for _ in range(LONGEST_CHAIN):
        if response.sw1 == 0x6C:
            without_le = apdu[:4] if len(apdu) <= 5 else apdu[: 5 + apdu[4]]
            response = yield without_le + bytes([response.sw2])
        elif response.sw1 == 0x61:
            data += response.data
            response = yield GET_RESPONSE + bytes([response.sw2])
        else:
            return Response(data + response.data, response.sw1, response.sw2)
    raise DeviceFailure(FailureReason.UNREADABLE, "the card never comes to an end")


def select_by_name(name: bytes) -> bytes:
    """The APDU that selects an application or directory by its name."""
    return SELECT_BY_NAME + bytes([len(name)]) + name


def read_record(number: int, file: int) -> bytes:
    """The APDU that reads a record of a file (its P2), as long as it is."""
    return READ_RECORD + bytes([number, file, 0])


def parse_record(data: bytes) -> bytes | None:
    """The value of a record: a tag, a length, the value. None where it is not one."""
    if len(data) < 2 or len(data) < 2 + data[1]:
        return None
    return data[2 : 2 + data[1]]


def read_social_security(moment: Moment) -> CardSession:
    """The session with a social-security card. Raises DeviceFailure."""
    selected = yield from transceive(select_by_name(SSSE))
    if selected.status in NOT_FOUND:
        detail = f"no social-security card: {selected.status}"
        raise DeviceFailure(FailureReason.WRONG_CARD_TYPE, detail)
    if not selected.good:
        raise DeviceFailure(FailureReason.UNREADABLE, f"SELECT: {selected.status}")
    version = _text((yield from _record(EF05, VERSION)))
    issued = _day((yield from _record(EF05, ISSUED)))
    expires = _day((yield from _record(EF05, EXPIRES)))
    card_number = _text((yield from _record(EF05, CARD_NUMBER)))
    number = _text((yield from _record(EF06, NUMBER, needed=True)))
    name = _text((yield from _record(EF06, NAME, needed=True)))
    first = version.startswith("1")
    sex = _text((yield from _record(EF06, 3 if first else 4)))
    ethnic = b"" if first else (yield from _record(EF06, 5))
    birth = _day((yield from _record(EF06, 6 if first else 7)))
    if not number or not name:
        raise DeviceFailure(FailureReason.UNREADABLE, "the card holds no number or no name")
    return _document(number, name, sex, _ethnic_code(ethnic), birth, issued, expires,
                     card_number, moment.today)


def _record(
    file: int, number: int, *, needed: bool = False
) -> Generator[bytes, Response, bytes]:
    """The value of one record; empty where the card does not have it or give it."""
    response = yield from transceive(read_record(number, file))
    value = parse_record(response.data) if response.good else None
    if value is not None:
        return value
    if not needed and (response.good or response.status in NOT_FOUND | NEEDS_PIN | NO_RECORD):
        return b""
    why = "needs a PIN" if response.status in NEEDS_PIN else response.status
    raise DeviceFailure(FailureReason.UNREADABLE, f"record {number} of {file:#04x}: {why}")


def _document(
    number: str,
    name: str,
    sex: str,
    ethnic: str | None,
    birth: date | None,
    issued: date | None,
    expires: date | None,
    card_number: str,
    today: date,
) -> IdentityDocument:
    warnings = []
    if not citizen_number_is_sound(number):
        warnings.append(Warn.BAD_CHECK_DIGIT)
    if ethnic and ethnic not in ETHNIC_GROUPS:
        warnings.append(Warn.UNKNOWN_ETHNIC_CODE)
    if sex and sex not in SEX:
        warnings.append(Warn.UNKNOWN_SEX_CODE)
    if expires is not None and expires < today:
        warnings.append(Warn.EXPIRED)
    return IdentityDocument(
        document_type=DocumentType.CN_SOCIAL_SECURITY,
        number=number,
        name=name,
        sex=SEX.get(sex, Sex.UNKNOWN),
        ethnicity_code=ethnic,
        ethnicity=ETHNIC_GROUPS.get(ethnic or ""),
        birth_date=birth,
        nationality="CHN",
        valid_from=issued,
        valid_to=expires,
        related_number=card_number or None,
        assurance=Assurance.UNSIGNED_TEXT,
        warnings=tuple(warnings),
    )


def _text(value: bytes) -> str:
    """A text: GBK (of which ASCII is a part), padded with zeros or spaces."""
    return value.decode("gbk", "replace").strip(" \0\u3000")


def _day(value: bytes) -> date | None:
    """A date: four bytes BCD, or eight digits."""
    return parse_day(value.hex() if len(value) == 4 else _text(value))


def _ethnic_code(value: bytes) -> str | None:
    """An ethnic code: one byte BCD, or two digits."""
    return (value.hex() if len(value) == 1 else _text(value)) or None
