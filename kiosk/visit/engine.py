"""Runs the statechart on the event loop: events in, state out, effects and records.

The engine owns the one current state. Everything that happens is `send`t to it; it
asks `transition` what follows, writes the audit, tells the observers, keeps the one
delay of the state, and hands effects on. It never waits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from kiosk.audit import Audit
from kiosk.visit import events as ev
from kiosk.visit.delays import SECONDS, Delay, visit_lasts
from kiosk.visit.effects import Effect
from kiosk.visit.journal import derive
from kiosk.visit.states import State
from kiosk.visit.transitions import active_delay, transition

log = logging.getLogger(__name__)

Observer = Callable[[State, ev.Event], None]


class VisitEngine:
    """The terminal's state and how it changes."""

    def __init__(
        self,
        audit: Audit,
        carry_out: Callable[[Effect], None],
        seconds: dict[Delay, float] | None = None,
    ) -> None:
        self.state = State()
        self._audit = audit
        self._carry_out = carry_out
        self._seconds = seconds or SECONDS
        self._observers: list[Observer] = []
        self._waiting: deque[ev.Event] = deque()
        self._running = False
        self._timer: asyncio.TimerHandle | None = None
        self._delay: Delay | None = None
        self._whole: asyncio.TimerHandle | None = None

    def observe(self, observer: Observer) -> None:
        """Call `observer(state, event)` after every event, in order."""
        self._observers.append(observer)

    def send(self, event: ev.Event) -> None:
        """Let something happen. For the loop's thread only.

        An event that is sent while another is handled waits until that one is done.
        """
        self._waiting.append(event)
        if self._running:
            return
        self._running = True
        try:
            while self._waiting:
                self._handle(self._waiting.popleft())
        finally:
            self._running = False

    def close(self) -> None:
        """Stop the running delays."""
        self._stop_timer()
        self._stop_whole()

    def _handle(self, event: ev.Event) -> None:
        before = self.state
        after, effects = transition(before, event)
        self.state = after
        visit = (after.progress or before.progress or None)
        number = visit.number if visit else None
        for name, fields in derive(before, event, after):
            self._audit.record(name, fields, number)
        self._keep_delay(before, event, after)
        self._keep_whole(event, changed=after != before)
        for effect in effects:
            self._carry_out(effect)
        for observer in self._observers:
            try:
                observer(after, event)
            except Exception:
                log.exception("an observer broke at %s", type(event).__name__)

    def _keep_delay(self, before: State, event: ev.Event, after: State) -> None:
        """One delay runs at a time; a new state or a touch begins it anew."""
        delay = active_delay(after)
        moved = before.step is not after.step or isinstance(event, ev.CitizenEvent)
        if delay is self._delay and not moved:
            return
        self._stop_timer()
        if delay is not None:
            loop = asyncio.get_running_loop()
            elapsed = ev.Elapsed(delay)
            self._timer = loop.call_later(self._seconds[delay], self.send, elapsed)
            self._delay = delay

    def _keep_whole(self, event: ev.Event, *, changed: bool) -> None:
        """The time of the visit as a whole runs beside the delay of the state.

        Where it could not be asked whether the visit goes on, it is soon asked again.
        """
        if not visit_lasts(self.state):
            self._stop_whole()
            return
        over = isinstance(event, ev.Elapsed) and event.delay is Delay.VISIT
        if self._whole is not None and not over:
            return
        length = self._seconds[Delay.VISIT if changed or not over else Delay.GRACE]
        loop = asyncio.get_running_loop()
        self._whole = loop.call_later(length, self.send, ev.Elapsed(Delay.VISIT))

    def _stop_whole(self) -> None:
        if self._whole is not None:
            self._whole.cancel()
            self._whole = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._delay = None
