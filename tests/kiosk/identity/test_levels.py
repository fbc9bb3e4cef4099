"""Step-up (RFC 9470): a certificate that asks for more than the sign-in gives is one reason."""

import asyncio

import pytest
import requests

from kiosk.certificates.http import read_entry
from kiosk.certificates.port import CopyRequest
from kiosk.errors import Failure
from kiosk.identity.levels import Level
from kiosk.identity.port import FaceEvidence
from kiosk.platform import Reply, refusal
from kiosk.reasons import Reason
from tests.sandbox.conftest import document_of

COPIES = CopyRequest("TB-0001", "demo", 1, 1, 30, b"")


@pytest.fixture
async def by_phone(service, served):
    """Somebody who is known by phone only."""
    code = await service.begin_phone()
    waiting = asyncio.create_task(service.wait_for_phone(code))
    served.answer_phone("wang-jianguo")
    return await waiting


async def test_the_list_says_what_each_certificate_asks_for(library, by_phone):
    levels = {one.type: one.level for one in (await library.list(by_phone)).certificates}
    assert levels == {
        "pension_benefit": Level.SUBSTANTIAL, "housing_fund": Level.HIGH,
        "marriage": Level.SUBSTANTIAL,
    }


async def test_what_asks_for_more_is_neither_given_nor_proved_until_the_card_was_shown(
    service, library, by_phone
):
    held = {one.type: one for one in (await library.list(by_phone)).certificates}
    for asked in (
        library.fetch(by_phone, held["housing_fund"]),
        library.prove(by_phone, held["housing_fund"], COPIES),
    ):
        with pytest.raises(Failure) as caught:
            await asked
        assert caught.value.reason is Reason.LEVEL_TOO_LOW
    assert await library.fetch(by_phone, held["pension_benefit"])
    by_card = await service.sign_in(
        document_of("wang-jianguo"), FaceEvidence(True, "chip_photo")
    )
    assert by_card.subject == by_phone.subject
    assert await library.fetch(by_card, held["housing_fund"])


async def test_the_challenge_says_which_sign_ins_would_be_enough(library, by_phone, served):
    held = (await library.list(by_phone)).certificates
    wanted = next(one for one in held if one.type == "housing_fund")
    address = f"{served.address}/library/certificates/{wanted.identifier}/file"
    answer = await asyncio.to_thread(
        requests.get, address, headers=by_phone.authorise("GET", address), timeout=5
    )
    challenge = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401
    assert challenge.startswith('DPoP error="insufficient_user_authentication", acr_values="')
    assert "urn:tongban:acr:card-face" in challenge
    assert "urn:tongban:acr:phone" not in challenge


ENTRY = {
    "certificateIdentifier":
        "1.2.156.3005.2.11100000000013338W001.11100000000013338W.00001.001.X",
    "certificateType": "t", "certificateTypeName": "t", "certificateNumber": "1",
    "certificateIssuingAuthorityName": "i", "status": "01",
    "statusAskedAt": "2026-11-24T09:00:00+08:00",
}


@pytest.mark.parametrize(
    ("status", "challenge", "body", "reason"),
    [
        (401, 'DPoP error="insufficient_user_authentication"', b"", Reason.LEVEL_TOO_LOW),
        (401, 'DPoP error="invalid_token"', b"", Reason.SIGNED_OUT),
        (401, 'Bearer realm="x", error="invalid_token"', b"{}", Reason.SIGNED_OUT),
        (401, "", b'{"error": "invalid_token"}', Reason.SIGNED_OUT),
        (401, "DPoP", b'{"error": "invalid_token"}', Reason.SIGNED_OUT),
        (403, 'DPoP error="insufficient_scope"', b"", Reason.SCOPE_NOT_AUTHORISED),
        (400, 'DPoP error="insufficient_scope"', b"", Reason.SIGN_IN_REFUSED),
        (401, "", b"no JSON", Reason.SIGN_IN_REFUSED),
        (500, "", b"[]", Reason.PLATFORM_ERROR),
    ],
)
def test_a_refusal_is_called_by_its_challenge_or_its_body(status, challenge, body, reason):
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    assert refusal(Reply(status, headers, body), "GET /x").reason is reason


def test_a_level_that_nobody_knows_is_no_entry():
    assert read_entry(ENTRY).level is Level.LOW
    assert read_entry(ENTRY | {"requiredLevel": "high"}).level is Level.HIGH
    with pytest.raises(KeyError):
        read_entry(ENTRY | {"requiredLevel": "nobody"})
