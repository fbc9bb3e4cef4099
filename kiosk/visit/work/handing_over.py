"""The visit is offered to the citizen's phone, and settled by a number that both show."""

import logging

from kiosk.certificates.port import UNKNOWN_REGION
from kiosk.errors import Failure
from kiosk.visit import events as ev
from kiosk.visit.work.desk import Desk

log = logging.getLogger(__name__)


class HandingOver:
    """Offers the visit and settles the offer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def offer(self, index: int | None) -> None:
        """Show a code, and wait until a phone has scanned it."""
        visit, identity = self._desk.visit, self._desk.parts.identity
        assert visit.session is not None
        # The phone goes on at home: what another region holds is chosen there anew.
        chosen = visit.certificates[index] if index is not None else None
        at_home = chosen is not None and chosen.region in (visit.home, UNKNOWN_REGION)
        wanted = chosen.identifier if chosen is not None and at_home else ""
        try:
            visit.offer = await identity.hand_over(visit.session, wanted)
            self._desk.send(ev.PhoneCodeShown())
            visit.number = await identity.wait_for_taker(visit.session, visit.offer)
        except Failure as failure:
            log.info("hand-over: %s", failure)
            self._desk.send(ev.HandOverFailed(failure.reason))
            return
        self._desk.send(ev.HandOverTaken())

    async def settle(self, same: bool) -> None:
        """Let the phone have the visit, or not."""
        visit, identity = self._desk.visit, self._desk.parts.identity
        if visit.session is None or visit.offer is None:
            return
        offer, visit.offer, visit.number = visit.offer, None, ""
        try:
            await identity.settle_hand_over(visit.session, offer, same)
        except Failure as failure:
            log.info("hand-over: %s", failure)
            if same:
                self._desk.send(ev.HandOverFailed(failure.reason))
            return
        if same:
            self._desk.send(ev.HandedOver())
