"""Whether the code of a printed copy is good, without a line. Pure: time is passed in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.certificates.proof.claims import Claims, read_claims, read_code
from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.proof.lists import Lists


class PaperVerdict(StrEnum):
    """What a printed copy is."""

    GENUINE = "genuine"
    ALTERED = "altered"
    """The code, or what stands on the page, is not as it was made."""
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNTRUSTED = "untrusted"
    """Signed by nobody on the list of keys."""
    LIST_TOO_OLD = "list_too_old"
    """All is well as far as is known, but what is known is too old."""
    NO_CODE = "no_code"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a code, what it says, and why."""

    verdict: PaperVerdict
    claims: Claims | None = None
    signer: str = ""
    why: str = ""
    as_of: datetime | None = None
    """When it was last known which copies are revoked."""


def judge_code(text: str, lists: Lists | None, now: datetime) -> Judgement:
    """Judge the text of a code; without lists nobody is trusted."""
    try:
        signed = read_code(text)
        claims = read_claims(signed)
    except BadCose as error:
        return Judgement(PaperVerdict.ALTERED, why=f"the code is damaged: {error}")
    if lists is None:
        return Judgement(PaperVerdict.UNTRUSTED, claims, why="there is no list of keys")
    as_of = lists.as_of
    key = lists.keys.get(signed.key_id)
    if key is None:
        why = "signed by a key that is not on the list"
        return Judgement(PaperVerdict.UNTRUSTED, claims, why=why, as_of=as_of)
    if not signed.verify(key.key):
        why = f"the signature is not that of {key.name}"
        return Judgement(PaperVerdict.ALTERED, claims, why=why, as_of=as_of)
    if not key.begins <= claims.issued_at <= key.ends:
        why = f"{key.name} might not sign on {claims.issued_at:%F}"
        return Judgement(PaperVerdict.UNTRUSTED, claims, key.name, why, as_of)
    verdict, why = _standing(claims, lists, now)
    return Judgement(verdict, claims, key.name, why, as_of)


def _standing(claims: Claims, lists: Lists, now: datetime) -> tuple[PaperVerdict, str]:
    """What is known today of a copy whose code is sound."""
    if lists.is_revoked(claims.status_index):
        return PaperVerdict.REVOKED, f"revoked, as known on {lists.as_of:%F %H:%M}Z"
    if claims.expires <= now:
        return PaperVerdict.EXPIRED, f"the copy was good until {claims.expires:%F}"
    if lists.good_until <= now:
        return PaperVerdict.LIST_TOO_OLD, f"revocations are known as of {lists.as_of:%F %H:%M}Z"
    return PaperVerdict.GENUINE, ""
