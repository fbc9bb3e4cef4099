"""Visits that go on on a phone: which phone gets one, when, and what it gets."""

import pytest

from sandbox.identity import ACR_PHONE
from sandbox.people.registry import person
from sandbox.refused import Refused


@pytest.fixture
def grant(counter):
    """What a citizen opens who is signed in at a terminal."""
    return counter.grant(counter.sign_in("li-xiulan"))


@pytest.fixture
def desk(counter):
    return counter.handover


def test_a_phone_gets_the_visit_only_after_its_number_was_confirmed(desk, grant):
    offer = desk.offer(grant, "1.2.3")
    assert desk.number(grant, offer.handle) is None
    taken = desk.take(offer.code)
    number = desk.number(grant, offer.handle)
    assert number == taken.number
    assert 10 <= int(number) <= 99
    assert desk.taken_by(taken.taker) is taken
    assert desk.phones(taken) is None
    desk.settle(grant, offer.handle, same=True)
    given = desk.phones(taken)
    assert (given.person, given.acr, taken.wanted) == (grant.person, grant.acr, "1.2.3")


def test_the_phones_sign_in_is_its_own(counter, desk):
    visitor = counter.sign_in("li-xiulan")
    grant = counter.grant(visitor)
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=True)
    counter.identity.revoke(visitor.token)
    assert desk.phones(taken).key != grant.key
    counter.now += 301
    assert desk.phones(taken) is None
    assert desk.taken_by(taken.taker) is None


def test_the_phone_is_known_no_better_than_the_terminal_knew(counter, desk):
    grant = counter.grant(counter.sign_in_by_phone("li-xiulan"))
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=True)
    assert desk.phones(taken).acr == ACR_PHONE


def test_a_second_phone_gets_nothing(desk, grant):
    offer = desk.offer(grant, "")
    desk.take(offer.code)
    with pytest.raises(Refused, match="another phone"):
        desk.take(offer.code)


def test_another_number_ends_it_for_the_phone_that_has_it(desk, grant):
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=False)
    assert desk.taken_by(taken.taker) is None
    with pytest.raises(Refused, match="is over"):
        desk.settle(grant, taken.handle, same=True)
    with pytest.raises(Refused, match="unknown or has run out"):
        desk.take(taken.code)


def test_nothing_is_confirmed_before_a_phone_has_it(desk, grant):
    offer = desk.offer(grant, "")
    with pytest.raises(Refused, match="no phone has the visit"):
        desk.settle(grant, offer.handle, same=True)


def test_what_was_confirmed_is_not_confirmed_again(desk, grant):
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=True)
    for again in (True, False):
        with pytest.raises(Refused, match="is over"):
            desk.settle(grant, taken.handle, same=again)
    with pytest.raises(Refused, match="unknown or has run out"):
        desk.take(taken.code)


def test_an_offer_runs_out_after_two_minutes_taken_or_not(counter, desk, grant):
    taken = desk.take(desk.offer(grant, "").code)
    counter.now += 119
    assert desk.number(grant, taken.handle) == taken.number
    counter.now += 1
    with pytest.raises(Refused, match="expired_token"):
        desk.settle(grant, taken.handle, same=True)
    assert desk.taken_by(taken.taker) is None
    offer = desk.offer(grant, "")
    counter.now += 120
    with pytest.raises(Refused, match="unknown or has run out"):
        desk.take(offer.code)


def test_a_new_offer_puts_the_old_one_out_of_use(desk, grant):
    old = desk.take(desk.offer(grant, "").code)
    desk.offer(grant, "")
    with pytest.raises(Refused, match="is over"):
        desk.settle(grant, old.handle, same=True)
    assert desk.taken_by(old.taker) is None


def test_the_handle_of_another_sign_in_is_of_no_use(counter, desk, grant):
    taken = desk.take(desk.offer(grant, "").code)
    for other in (
        counter.grant(counter.sign_in("ayiguli")),
        counter.grant(counter.sign_in("li-xiulan", "T2")),
        counter.grant(counter.sign_in("li-xiulan")),
    ):
        with pytest.raises(Refused, match="no such hand-over"):
            desk.number(other, taken.handle)
        with pytest.raises(Refused, match="no such hand-over"):
            desk.settle(other, taken.handle, same=True)
    assert desk.phones(taken) is None


@pytest.mark.parametrize("secret", ["", "another"])
def test_another_phones_secret_opens_nothing(desk, grant, secret):
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=True)
    assert desk.taken_by(secret) is None


def test_the_phones_token_opens_nothing_over_the_terminals_interface(counter, desk, grant):
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=True)
    other = counter.sign_in("ayiguli")
    url = "http://127.0.0.1:1/library/certificates"
    proof = other.key.proof("GET", url, taken.token)
    with pytest.raises(Refused, match="bound to another key"):
        counter.identity.grant(taken.token, proof, "GET", url)


def test_who_acts_for_somebody_hands_that_over_until_it_is_taken_back(counter, desk):
    agent = counter.sign_in("li-xiulan")
    acting = counter.exchange(agent, counter.authorisations(agent)["王建国"])
    grant = counter.grant(acting)
    taken = desk.take(desk.offer(grant, "").code)
    desk.settle(grant, taken.handle, same=True)
    given = desk.phones(taken)
    assert (given.person.id, given.actor.id) == ("wang-jianguo", "li-xiulan")
    assert given.types == grant.types
    held = counter.register.given_by(person("wang-jianguo"))[0]
    counter.acting.revoke(held.principal, held.id)
    assert desk.phones(taken) is None


def test_a_demo_takes_what_was_offered_last(desk, grant):
    assert desk.take_newest() is None
    offer = desk.offer(grant, "")
    assert desk.take_newest() == desk.number(grant, offer.handle)
    assert desk.take_newest() is None
