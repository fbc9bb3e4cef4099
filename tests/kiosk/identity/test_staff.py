"""Staff who vouch, as the terminal does it, over HTTP against the sandbox."""

import asyncio

import pytest
import requests

from kiosk.errors import Failure
from kiosk.identity.levels import ACR_CARD_STAFF, ACR_STAFF, Level
from kiosk.identity.port import FaceEvidence, StaffEvidence
from kiosk.reasons import Reason
from tests.sandbox.conftest import document_of


async def signed_in(service, served, who):
    code = await service.begin_staff()
    waiting = asyncio.create_task(service.wait_for_phone(code))
    served.answer_phone(who)
    return await waiting


@pytest.fixture
async def staff(service, served):
    """A member of staff who is also a resident."""
    return await signed_in(service, served, "staff-ayiguli")


async def test_staff_vouch_for_one_who_has_a_card_and_no_phone(service, staff, library):
    assert (staff.acr, staff.level) == (ACR_STAFF, Level.NOBODY)
    citizen = await service.vouch(document_of("zhao-dehou"), StaffEvidence(staff))
    assert (citizen.acr, citizen.level) == (ACR_CARD_STAFF, Level.HIGH)
    assert citizen.actor == staff.subject
    listed = {one.type for one in (await library.list(citizen)).certificates}
    assert listed == {"senior_card", "pension_benefit"}
    assert citizen.subject == (
        await service.sign_in(document_of("zhao-dehou"), FaceEvidence(True, "chip_photo"))
    ).subject


async def test_who_is_no_staff_is_refused_on_the_phone(service, served):
    with pytest.raises(Failure) as caught:
        await signed_in(service, served, "li-xiulan")
    assert caught.value.reason is Reason.SIGN_IN_REFUSED


async def test_staff_do_not_vouch_for_themselves(service, staff):
    with pytest.raises(Failure) as caught:
        await service.vouch(document_of("ayiguli"), StaffEvidence(staff))
    assert caught.value.reason is Reason.SIGN_IN_REFUSED


async def test_a_citizens_sign_in_is_no_evidence(service):
    citizen = await service.sign_in(document_of("li-xiulan"), FaceEvidence(True, "chip_photo"))
    with pytest.raises(Failure, match="not signed in as staff"):
        await service.vouch(document_of("zhao-dehou"), StaffEvidence(citizen))


async def test_staff_who_signed_out_vouch_for_nobody(service, staff):
    await service.sign_out(staff)
    with pytest.raises(Failure) as caught:
        await service.vouch(document_of("zhao-dehou"), StaffEvidence(staff))
    assert caught.value.reason is Reason.SIGN_IN_REFUSED


async def test_staff_see_no_certificates(library, staff):
    with pytest.raises(Failure) as caught:
        await library.list(staff)
    assert caught.value.reason is Reason.SCOPE_NOT_AUTHORISED


async def test_the_phone_of_staff_offers_staff_and_the_citizens_does_not(service, served):
    code = await service.begin_staff()
    page = await asyncio.to_thread(lambda: requests.get(code.address, timeout=5).text)
    assert ("刘敏" in page, "李秀兰" in page) == (True, False)
    code = await service.begin_phone()
    page = await asyncio.to_thread(lambda: requests.get(code.address, timeout=5).text)
    assert ("刘敏" in page, "李秀兰" in page) == (False, True)
