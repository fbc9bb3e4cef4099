"""Staff who vouch: who may, for whom, and with what."""

import pytest

from sandbox.identity import ACR_PHONE, ACR_STAFF
from sandbox.library.access import check_citizen
from sandbox.people.registry import person, who_phones
from sandbox.refused import Refused
from sandbox.staff import ACR_CARD_AND_STAFF
from tests.sandbox.conftest import document_of

STAFF = "liu-min"


@pytest.fixture
def staff(counter):
    return counter.sign_in_by_phone(STAFF, acr=ACR_STAFF)


def seen(counter, name="chen-guihua", terminal="T1"):
    claims = counter.tokens[terminal].vouched(counter.identity.issuer, document_of(name))
    return counter.sign(claims, terminal)


def refused(counter, staff, assertion, why, **changes):
    with pytest.raises(Refused, match=why) as caught:
        counter.exchange(staff, assertion, **changes)
    assert caught.value.error == "invalid_request"


def test_staff_sign_in_by_phone_as_staff(counter, staff):
    assert staff.told["acr"] == ACR_STAFF
    assert "LT-0012" not in str(staff.told)
    assert counter.sign_in_by_phone("li-xiulan").told["acr"] == ACR_PHONE


def test_a_citizen_does_not_sign_in_as_staff_nor_staff_as_a_citizen(counter):
    for name, acr in (("li-xiulan", ACR_STAFF), (STAFF, "")):
        codes = counter.identity.begin_phone("T1", acr)
        assert not counter.identity.answer_phone(codes["user_code"], who_phones(name))
        with pytest.raises(Refused, match="access_denied"):
            counter.identity.poll_phone("T1", codes["device_code"], False, "key")


def test_staff_vouch_for_a_documents_holder_and_both_are_named(counter, staff):
    citizen = counter.exchange(staff, seen(counter))
    assert citizen.told["acr"] == ACR_CARD_AND_STAFF
    assert citizen.told["act"] == {"sub": staff.told["sub"]}
    grant = counter.grant(citizen)
    assert (grant.person.id, grant.actor.id) == ("chen-guihua", STAFF)
    check_citizen(grant)
    assert (counter.identity.log[-1]["person"], counter.identity.log[-1]["actor"]) == (
        "chen-guihua", STAFF,
    )


def test_the_citizens_sign_in_outlives_that_of_staff(counter, staff):
    citizen = counter.exchange(staff, seen(counter))
    counter.identity.revoke(staff.token)
    assert counter.grant(citizen).person.id == "chen-guihua"


def test_staff_open_nothing_themselves(counter, staff):
    with pytest.raises(Refused, match="insufficient_scope"):
        check_citizen(counter.grant(staff))


def test_staff_act_for_nobody(counter, staff):
    authorisation = counter.authorisations(counter.sign_in("li-xiulan"))["王建国"]
    refused(counter, staff, authorisation, "staff act for nobody")


def test_a_citizen_vouches_for_nobody(counter):
    refused(counter, counter.sign_in("li-xiulan"), seen(counter), "no such guardian")


def test_without_a_living_token_of_staff_nobody_is_vouched_for(counter, staff):
    refused(counter, staff, seen(counter), "unknown or has expired", actor_token="")
    counter.now += 301
    refused(counter, staff, seen(counter), "unknown or has expired")


def test_staff_who_signed_out_vouch_for_nobody(counter, staff):
    counter.identity.revoke(staff.token)
    refused(counter, staff, seen(counter), "unknown or has expired")


def test_staff_do_not_vouch_for_themselves(counter):
    own = counter.sign_in_by_phone("staff-ayiguli", acr=ACR_STAFF)
    refused(counter, own, seen(counter, "ayiguli"), "own document")
    assert counter.exchange(own, seen(counter)).told["acr"] == ACR_CARD_AND_STAFF


def test_the_chip_must_be_checked_and_the_holder_seen(counter, staff):
    tokens, issuer = counter.tokens["T1"], counter.identity.issuer
    unseen = tokens.child(issuer, document_of("chen-guihua"))
    refused(counter, staff, counter.sign(unseen), "holder seen")
    claims = tokens.vouched(issuer, document_of("chen-guihua"))
    evidence = claims["verified_claims"]["verification"]["evidence"][0]
    evidence["check_details"] = [{"check_method": "pvp"}]
    refused(counter, staff, counter.sign(claims), "chip must be checked")


def test_a_sign_in_of_staff_is_good_at_its_own_terminal_with_its_own_key(counter, staff):
    refused(counter, staff, seen(counter, terminal="T2"), "at another terminal", terminal="T2")
    refused(counter, staff, seen(counter, terminal="T2"), "belongs to another terminal")
    thief = counter.sign_in("li-xiulan")
    proof = thief.key.proof("POST", counter.identity.token_endpoint, staff.token)
    refused(counter, staff, seen(counter), "bound to another key", actor_proof=proof)


def test_an_assertion_that_staff_vouched_for_is_good_once(counter, staff):
    assertion = seen(counter)
    counter.exchange(staff, assertion)
    refused(counter, staff, assertion, "used before")


def test_an_expired_document_is_not_vouched_for(counter, staff):
    refused(counter, staff, seen(counter, "he-laosan"), "document has expired")


def test_staff_are_no_residents():
    with pytest.raises(ValueError, match="nobody is called"):
        person(STAFF)
