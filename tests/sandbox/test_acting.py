"""Acting for somebody else: what an authorisation allows, and every way to misuse one."""

from datetime import date, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from sandbox.acting import AUTHORISATION_TYPE
from sandbox.identity import ACR_CARD_AND_FACE, pairwise
from sandbox.library.access import check_opens, listed
from sandbox.library.issue import Library
from sandbox.library.types import certificate_types
from sandbox.people.registry import people, person, relations, staff
from sandbox.refused import Refused
from tests.sandbox.conftest import NOW, document_of

DAY = timedelta(days=1).total_seconds()
WANG, CHILD = "王建国", "周小宝"


@pytest.fixture
def agent(counter):
    return counter.sign_in("li-xiulan")


@pytest.fixture
def authorisation(counter, agent):
    return counter.authorisations(agent)[WANG]


def child_assertion(counter, terminal="T1", name="zhou-xiaobao"):
    claims = counter.tokens[terminal].child(counter.identity.issuer, document_of(name))
    return counter.sign(claims, terminal)


def refused(counter, actor, subject_token, why, **changes):
    with pytest.raises(Refused, match=why) as caught:
        counter.exchange(actor, subject_token, **changes)
    assert caught.value.error == "invalid_request"


def test_only_what_is_in_force_is_listed(counter, agent):
    assert set(counter.authorisations(agent)) == {WANG, CHILD}
    assert counter.authorisations(counter.sign_in("ayiguli")) == {}


def test_an_authorisation_names_nobody_by_number_and_is_for_one_terminal(counter, authorisation):
    claims = counter.opened(authorisation)
    assert claims["sub"] == pairwise("T1", person("wang-jianguo"))
    assert claims["may_act"]["sub"] == pairwise("T1", person("li-xiulan"))
    assert claims["types"] == ["housing_fund", "pension_benefit"]
    assert claims["exp"] - claims["iat"] <= 300
    assert person("wang-jianguo").number not in str(claims)


def test_an_agent_acts_for_the_principal_and_both_are_named(counter, agent, authorisation):
    acting = counter.exchange(agent, authorisation)
    assert acting.told["sub"] == counter.opened(authorisation)["sub"]
    assert acting.told["act"] == {"sub": agent.told["sub"]}
    assert acting.told["acr"] == ACR_CARD_AND_FACE
    grant = counter.grant(acting)
    assert (grant.person.id, grant.actor.id) == ("wang-jianguo", "li-xiulan")
    entry = counter.identity.log[-1]
    assert (entry["person"], entry["actor"]) == ("wang-jianguo", "li-xiulan")


def test_an_agent_opens_the_kinds_of_the_authorisation_and_no_others(
    counter, agent, authorisation
):
    grant = counter.grant(counter.exchange(agent, authorisation))
    library = Library(counter.keys, date.fromtimestamp(counter.now))
    held = {one.type.id: one for one in library.list(grant.person)}
    assert {kind for kind, one in held.items() if listed(grant, one)} == {
        "housing_fund", "pension_benefit",
    }
    check_opens(grant, held["housing_fund"])
    with pytest.raises(Refused, match="insufficient_scope"):
        check_opens(grant, held["marriage"])


def test_a_stolen_authorisation_is_of_no_use_to_another_citizen(counter, authorisation):
    refused(counter, counter.sign_in("ayiguli"), authorisation, "for somebody else")


def test_an_authorisation_is_of_no_use_at_another_terminal(counter, agent, authorisation):
    elsewhere = counter.sign_in("li-xiulan", "T2")
    refused(counter, elsewhere, authorisation, "for somebody else", terminal="T2")
    refused(counter, agent, authorisation, "at another terminal", terminal="T2")


def test_an_authorisation_that_ran_out_has_to_be_listed_again(counter, authorisation):
    counter.now += 301
    refused(counter, counter.sign_in("li-xiulan"), authorisation, "has run out")


def test_after_its_last_day_an_authorisation_is_gone(counter):
    counter.now += 180 * DAY
    assert WANG in counter.authorisations(counter.sign_in("li-xiulan"))
    counter.now += DAY
    assert WANG not in counter.authorisations(counter.sign_in("li-xiulan"))


def test_an_authorisation_that_was_taken_back_is_of_no_use_at_once(
    counter, agent, authorisation
):
    acting = counter.exchange(agent, authorisation)
    given = counter.register.given_by(person("wang-jianguo"))[0]
    assert counter.acting.revoke(person("wang-jianguo"), given.id)
    with pytest.raises(Refused, match="unknown"):
        counter.grant(acting)
    refused(counter, agent, authorisation, "no longer in force")
    assert WANG not in counter.authorisations(agent)


def test_only_who_gave_an_authorisation_takes_it_back(counter):
    given = counter.register.given_by(person("wang-jianguo"))[0]
    assert not counter.acting.revoke(person("ayiguli"), given.id)
    assert not counter.acting.revoke(person("wang-jianguo"), "another")
    assert counter.register.given_by(person("wang-jianguo")) == [given]


def test_an_acting_token_ends_with_the_actors_own(counter, agent, authorisation):
    acting = counter.exchange(agent, authorisation)
    counter.identity.revoke(agent.token)
    with pytest.raises(Refused, match="unknown"):
        counter.grant(acting)


def test_who_is_signed_out_acts_for_nobody(counter, agent, authorisation):
    counter.identity.revoke(agent.token)
    refused(counter, agent, authorisation, "unknown or has expired")


def test_a_stolen_token_makes_nobody_an_actor(counter, agent, authorisation):
    thief = counter.sign_in("ayiguli")
    other = thief.key.proof("POST", counter.identity.token_endpoint, agent.token)
    refused(counter, agent, authorisation, "bound to another key", actor_proof=other)
    refused(counter, agent, authorisation, "no proof|no token", actor_proof="")


def test_a_proof_of_the_actor_is_good_once(counter, agent, authorisation):
    proof = agent.proof("POST", counter.identity.token_endpoint)
    counter.exchange(agent, authorisation, actor_proof=proof)
    refused(counter, agent, authorisation, "used before", actor_proof=proof)


@pytest.mark.parametrize("change", [{"types": ["marriage"]}, {"types": None}, {"jti": "x"}])
def test_an_authorisation_that_was_changed_is_refused(counter, agent, authorisation, change):
    claims = counter.opened(authorisation) | change
    forged = jwt.encode(
        {"alg": "ES256", "typ": AUTHORISATION_TYPE}, claims, ECKey.generate_key("P-256")
    )
    refused(counter, agent, forged, "no authorisation")


def test_an_identity_token_is_no_authorisation(counter, agent):
    claims = agent.told | {"may_act": {"sub": agent.told["sub"]}, "jti": "x"}
    key = counter.keys.token_key
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
    refused(counter, agent, token, "no token of a known terminal")


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30.e30"])
def test_what_is_no_token_is_refused(counter, agent, token):
    refused(counter, agent, token, "no token")


def test_who_acts_for_somebody_passes_that_on_to_nobody(counter, agent, authorisation):
    acting = counter.exchange(agent, authorisation)
    counter.register.give(person("ayiguli"), person("wang-jianguo"), ("medical_insurance",), 1)
    assert counter.authorisations(acting) == {}
    wangs = counter.authorisations(counter.sign_in("wang-jianguo"))
    refused(counter, acting, wangs[person("ayiguli").name], "passes that on to nobody")


def test_another_kind_of_token_is_not_exchanged(counter, agent, authorisation):
    refused(counter, agent, authorisation, "a jwt is exchanged", subject_token_type="urn:x")


def test_a_guardian_acts_for_the_child_by_the_childs_document(counter, agent):
    acting = counter.exchange(agent, child_assertion(counter))
    grant = counter.grant(acting)
    assert (grant.person.id, grant.actor.id, grant.types) == ("zhou-xiaobao", "li-xiulan", ())
    assert acting.told["act"]["sub"] == agent.told["sub"]


def test_nobody_acts_for_the_child_of_somebody_else(counter):
    refused(counter, counter.sign_in("wang-jianguo"), child_assertion(counter), "no such guardian")


def test_a_document_makes_nobody_act_for_a_grown_up(counter, agent):
    assertion = child_assertion(counter, name="wang-jianguo")
    refused(counter, agent, assertion, "no such guardian")


def test_the_assertion_about_a_child_is_good_once_and_at_its_terminal(counter, agent):
    assertion = child_assertion(counter)
    counter.exchange(agent, assertion)
    refused(counter, agent, assertion, "used before")
    refused(counter, agent, child_assertion(counter, "T2"), "belongs to another terminal")


def test_a_childs_document_must_have_been_checked(counter, agent):
    claims = counter.tokens["T1"].child(counter.identity.issuer, document_of("zhou-xiaobao"))
    evidence = claims["verified_claims"]["verification"]["evidence"][0]
    evidence["check_details"] = []
    refused(counter, agent, counter.sign(claims), "checked by its chip")


def test_guardianship_ends_when_the_child_has_grown_up(counter):
    counter.now = NOW + 9 * 366 * DAY
    assert counter.authorisations(counter.sign_in("li-xiulan")) == {}


@pytest.mark.parametrize(
    ("agent_id", "types", "days", "why"),
    [
        ("wang-jianguo", ("marriage",), 1, "by themselves"),
        ("ayiguli", (), 1, "none was chosen"),
        ("ayiguli", ("passport",), 1, "passport"),
        ("ayiguli", ("marriage",), 0, "1 to 366"),
        ("ayiguli", ("marriage",), 367, "1 to 366"),
    ],
)
def test_what_cannot_be_given_is_refused(counter, agent_id, types, days, why):
    with pytest.raises(ValueError, match=why):
        counter.register.give(person("wang-jianguo"), person(agent_id), types, days)


def test_the_register_starts_with_people_and_kinds_that_are_there():
    for one in relations():
        assert set(one.types) <= set(certificate_types())
        assert one.principal.id != one.agent.id
    assert not set(staff()) & set(people())
    assert {one.resident for one in staff().values()} - {""} <= set(people())
