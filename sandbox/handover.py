"""Visits that go on on the citizen's phone: offered by a terminal, taken by one phone, confirmed.

An offer lives two minutes and belongs to the sign-in that made it. The first phone that takes it
is the only one, and gets nothing but a number until the citizen has confirmed that number at
the terminal. What it gets then is a sign-in of its own, no stronger than the terminal's.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox.identity import TOKEN_SECONDS, Grant, IdentityService
from sandbox.refused import Refused

HANDOVER_SECONDS = 120
HANDOVER_INTERVAL = 1


class Stage(StrEnum):
    """How far a hand-over is."""

    OFFERED = "offered"
    TAKEN = "taken"
    GIVEN = "given"
    ENDED = "ended"


@dataclass(slots=True)
class Offer:
    """A visit that a terminal offers to a phone."""

    handle: str
    """By which the terminal asks."""
    code: str
    """By which a phone finds it: in the QR code."""
    grant: Grant
    wanted: str
    """The certificate that was chosen; empty for none."""
    ends: float
    stage: Stage = Stage.OFFERED
    number: str = ""
    taker: str = ""
    """The secret of the phone that has it."""
    token: str = ""
    """Of the phone's own grant."""


class HandoverDesk:
    """Keeps offers, and who took them."""

    def __init__(self, identity: IdentityService, clock: Callable[[], float]) -> None:
        self._identity = identity
        self._clock = clock
        self._offers: dict[str, Offer] = {}

    # The terminal

    def offer(self, grant: Grant, wanted: str) -> Offer:
        """Offer a visit; an earlier offer of the same sign-in ends."""
        self._tidy()
        for one in self._offers.values():
            if one.grant == grant and one.stage in (Stage.OFFERED, Stage.TAKEN):
                one.stage = Stage.ENDED
        made = Offer(
            secrets.token_urlsafe(16), secrets.token_urlsafe(32), grant, wanted,
            self._clock() + HANDOVER_SECONDS,
        )
        self._offers[made.handle] = made
        return made

    def number(self, grant: Grant, handle: str) -> str | None:
        """The number on the phone that has the offer; None while none has. Raises Refused."""
        return self._open(grant, handle).number or None

    def settle(self, grant: Grant, handle: str, same: bool) -> None:
        """Give the visit to the phone that has it, or to none. Raises Refused."""
        offer = self._open(grant, handle)
        if not same:
            offer.stage = Stage.ENDED
            return
        if offer.stage is not Stage.TAKEN:
            raise Refused("invalid_request", "no phone has the visit")
        offer.stage = Stage.GIVEN
        offer.token = self._identity.enter(replace(
            grant, expires=self._clock() + TOKEN_SECONDS, key=f"phone {offer.handle}", parent="",
        ))

    # The phone

    def find(self, code: str) -> Offer | None:
        """What a phone has scanned; None where it is unknown or over."""
        return next(
            (one for one in self._offers.values()
             if secrets.compare_digest(one.code.encode(), code.encode()) and self._running(one)),
            None,
        )

    def take(self, code: str) -> Offer:
        """Take an offer, as the one phone that has it. Raises Refused."""
        offer = self.find(code)
        if offer is None:
            raise Refused("invalid_grant", "the code is unknown or has run out")
        if offer.stage is not Stage.OFFERED:
            raise Refused("access_denied", "another phone has taken it")
        offer.stage = Stage.TAKEN
        offer.number = f"{secrets.randbelow(90) + 10}"
        offer.taker = secrets.token_urlsafe(32)
        return offer

    def take_newest(self) -> str | None:
        """The same for what was offered last, for a demo without a phone; the number."""
        codes = [one.code for one in self._offers.values() if one.stage is Stage.OFFERED]
        offer = self.find(codes[-1]) if codes else None
        return self.take(offer.code).number if offer else None

    def taken_by(self, taker: str) -> Offer | None:
        """What a phone has; None where it was refused or is over."""
        return next(
            (one for one in self._offers.values() if taker and one.taker == taker
             and (self._running(one) or self.phones(one))),
            None,
        )

    def phones(self, offer: Offer) -> Grant | None:
        """The phone's own grant, once the number was confirmed and as long as it lives."""
        return self._identity.living(offer.token) if offer.stage is Stage.GIVEN else None

    def _open(self, grant: Grant, handle: str) -> Offer:
        """The terminal's own offer that is still to be settled. Raises Refused."""
        offer = self._offers.get(handle)
        if offer is None or offer.grant != grant:
            raise Refused("invalid_grant", "no such hand-over of this sign-in")
        if not self._running(offer):
            raise Refused("expired_token", "the hand-over is over")
        return offer

    def _running(self, offer: Offer) -> bool:
        return offer.stage in (Stage.OFFERED, Stage.TAKEN) and self._clock() < offer.ends

    def _tidy(self) -> None:
        self._offers = {
            handle: one for handle, one in self._offers.items()
            if self._running(one) or self.phones(one)
        }
