"""Acting for somebody else, as the terminal does it, over HTTP against the sandbox."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import Failure
from kiosk.identity.acting import read_principal
from kiosk.identity.http import HttpIdentityService
from kiosk.identity.levels import Level
from kiosk.identity.port import FaceEvidence, Relation
from kiosk.platform import Platform
from kiosk.reasons import Reason
from sandbox.people.registry import person
from tests.kiosk.identity.conftest import TERMINAL
from tests.sandbox.conftest import document_of

FACE = FaceEvidence(True, "chip_photo")
WANG = "王建国"


@pytest.fixture
async def citizen(service):
    """Somebody who is a guardian and was authorised."""
    return await service.sign_in(document_of("li-xiulan"), FACE)


async def wang(service, session):
    return next(one for one in await service.principals(session) if one.name == WANG)


async def test_the_citizen_is_offered_whom_to_act_for(service, citizen):
    found = {one.name: one for one in await service.principals(citizen)}
    assert set(found) == {WANG, "周小宝"}
    assert found[WANG].relation is Relation.AGENT
    assert found[WANG].types == ("housing_fund", "pension_benefit")
    assert found[WANG].until is not None
    assert (found["周小宝"].relation, found["周小宝"].types) == (Relation.GUARDIAN, ())
    assert WANG not in repr(found[WANG])


async def test_an_agent_sees_what_the_authorisation_is_for_and_gets_it(service, citizen, library):
    acting = await service.act_for(citizen, await wang(service, citizen))
    assert acting.actor == citizen.subject
    assert acting.subject not in ("", citizen.subject)
    assert acting.level is Level.HIGH
    listed = (await library.list(acting)).certificates
    assert {one.type for one in listed} == {"housing_fund", "pension_benefit"}
    assert (await library.fetch(acting, listed[0])).startswith(b"%PDF")


async def test_what_the_authorisation_is_not_for_is_one_reason(
    service, citizen, library, served
):
    acting = await service.act_for(citizen, await wang(service, citizen))
    own = await library.list(await service.sign_in(document_of("wang-jianguo"), FACE))
    marriage = next(one for one in own.certificates if one.type == "marriage")
    with pytest.raises(Failure) as caught:
        await library.fetch(acting, marriage)
    assert caught.value.reason is Reason.SCOPE_NOT_AUTHORISED


async def test_an_authorisation_that_does_not_verify_is_left_out_and_logged_without_a_name(
    service, citizen, served, caplog
):
    served.app.state.faults.switch("authorisation_forged", True)
    with caplog.at_level(logging.WARNING):
        assert await service.principals(citizen) == []
    assert "does not verify" in caplog.text
    assert WANG not in caplog.text


async def test_another_citizens_authorisation_is_not_used(service, citizen):
    stolen = await wang(service, citizen)
    thief = await service.sign_in(document_of("ayiguli"), FACE)
    with pytest.raises(Failure) as caught:
        await service.act_for(thief, stolen)
    assert caught.value.reason is Reason.NOT_AUTHORISED


async def test_an_authorisation_that_was_taken_back_is_one_reason(service, served):
    acting, principal = served.app.state.acting, person("zhang-rare")
    given = acting.register.give(principal, person("li-xiulan"), ("income_tax",), 1)
    citizen = await service.sign_in(document_of("li-xiulan"), FACE)
    found = next(
        one for one in await service.principals(citizen) if one.name == principal.name
    )
    session = await service.act_for(citizen, found)
    acting.revoke(principal, given.id)
    with pytest.raises(Failure) as caught:
        await service.act_for(citizen, found)
    assert caught.value.reason is Reason.NOT_AUTHORISED
    with pytest.raises(Failure) as caught:
        await service.principals(session)
    assert caught.value.reason is Reason.SIGNED_OUT


async def test_signing_out_ends_what_was_done_for_others(service, citizen, library):
    acting = await service.act_for(citizen, await wang(service, citizen))
    await service.sign_out(citizen)
    with pytest.raises(Failure) as caught:
        await library.list(acting)
    assert caught.value.reason is Reason.SIGNED_OUT


async def test_a_guardian_gets_the_childs_certificates(service, citizen, library):
    acting = await service.act_for_child(citizen, document_of("zhou-xiaobao"))
    assert acting.actor == citizen.subject
    listed = {one.type for one in (await library.list(acting)).certificates}
    assert listed == {"birth", "household", "medical_insurance"}


async def test_the_child_of_somebody_else_is_one_reason(service):
    stranger = await service.sign_in(document_of("wang-jianguo"), FACE)
    with pytest.raises(Failure) as caught:
        await service.act_for_child(stranger, document_of("zhou-xiaobao"))
    assert caught.value.reason is Reason.NOT_AUTHORISED


async def test_an_answer_signed_by_nobody_known_is_not_believed(service, citizen, served):
    found = await wang(service, citizen)
    served.app.state.faults.switch("token_forged", True)
    with pytest.raises(Failure) as caught:
        await service.act_for(citizen, found)
    assert caught.value.reason is Reason.PLATFORM_INVALID


async def test_people_authorise_and_take_back_on_their_phones(service, citizen, phone, served):
    page = phone(f"{served.address}/phone/authorise?person=ayiguli")
    page.submit(agent="li-xiulan", types="medical_insurance", days="30")
    assert "李秀兰" in page.text
    names = [one.name for one in await service.principals(citizen)]
    assert person("ayiguli").name in names
    page.submit()
    names = [one.name for one in await service.principals(citizen)]
    assert person("ayiguli").name not in names


async def test_where_the_platform_does_not_say_nobody_is_offered(citizen, served):
    class Without(Platform):
        """A platform that knows nothing of acting for somebody."""

        async def get_json(self, url, headers=None):
            answer = await super().get_json(url, headers)
            answer.pop("principals_endpoint", None)
            return answer

    platform = Without(served.address, 8.0)
    service = HttpIdentityService(platform, TERMINAL, served.key)
    assert await service.principals(citizen) == []
    await platform.close()


CLAIMS = {"name": "某人", "relation": "agent", "types": ["household"], "until": "2030-01-31"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"types": []}, "kinds"), ({"types": "all"}, "kinds"), ({"types": None}, "kinds"),
        ({"types": [1]}, "kinds"),
        ({"relation": "friend"}, "friend"), ({"until": "soon"}, "soon"),
    ],
)
def test_claims_that_say_nothing_clear_name_nobody(change, why):
    assert read_principal("jws", CLAIMS).types == ("household",)
    with pytest.raises(ValueError, match=why):
        read_principal("jws", CLAIMS | change)


VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)


@given(st.dictionaries(st.sampled_from(list(CLAIMS)), VALUES | st.just("agent")))
def test_whatever_claims_say_they_never_authorise_more_than_they_name(claims):
    try:
        found = read_principal("jws", claims)
    except (KeyError, TypeError, ValueError):
        return
    assert found.types or "types" not in claims
