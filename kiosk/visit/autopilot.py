"""A citizen who knows what to do: answers every step at once.

For visits without a screen (`run_kiosk.py --headless`) and for benchmarks. The card is
laid down and taken away by whoever holds it, through the callables handed in. A citizen
with other ways has answers of the own, and deeds around the terminal.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.engine import VisitEngine
from kiosk.visit.states import PRINTED, State, Step

USUAL: dict[Step, ev.CitizenEvent] = {
    Step.CONSENT: ev.Agreed(), Step.PREVIEW: ev.PreviewAccepted(), Step.STEP_UP: ev.StepsUp(),
}
"""What most citizens do in a step."""


@dataclass(slots=True)
class Autopilot:
    """One visit, from laying the card down to the last screen."""

    engine: VisitEngine
    wanted_type: str | None
    place_card: Callable[[], None]
    take_card: Callable[[], None]
    clock: Callable[[], float]
    purpose: str = "social_security"
    """What copies are for, of kinds that may be for it; of others the first that they may."""
    copies: int = 1
    answers: dict[Step, ev.CitizenEvent] = field(default_factory=dict)
    """What this citizen does in a step, the first time, in place of what is usual."""
    deeds: dict[tuple[Step, type[ev.Event]], Callable[[], None]] = field(default_factory=dict)
    """What somebody does around the terminal when an event came of a step."""
    pause: float = 0.0
    """Seconds before each answer: none for a clock, some for an eye."""
    outcome: str = ""
    steps: list[tuple[str, float]] = field(default_factory=list)
    """Steps and when they were entered, in seconds of the clock."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _began: bool = False

    def start(self) -> None:
        """Begin to watch the engine."""
        self.engine.observe(self.watch)
        self._react(self.engine.state)

    def watch(self, state: State, event: ev.Event) -> None:
        """React to what became of an event."""
        if not self.steps or self.steps[-1][0] != state.step:
            self._react(state)
        elif state.step is Step.PREVIEW and isinstance(event, ev.CertificateReady):
            self._send(ev.PreviewAccepted())
        elif state.step is Step.PRINCIPALS and isinstance(event, ev.PrincipalsListed):
            self._send(ev.PrincipalChosen(0) if event.relations else ev.WentBack())
        elif state.step is Step.HAND_OVER and isinstance(event, ev.HandOverTaken):
            self._send(ev.NumberCompared(True))
        deed = self.deeds.get((state.step, type(event)))
        if deed is not None:
            deed()

    def _react(self, state: State) -> None:
        self.steps.append((str(state.step), self.clock()))
        answer = self.answers.pop(state.step, None) or USUAL.get(state.step)
        if answer is not None:
            self._began = self._began or state.step is Step.IDLE
            self._send(answer)
        else:
            self._do_what_is_needed(state)

    def _do_what_is_needed(self, state: State) -> None:
        """What depends on the citizen, the list, and how the visit goes."""
        match state.step:
            case Step.IDLE if self._began:
                self.done.set()
            case Step.IDLE:
                self._began = True
                self.place_card()
            case Step.OUT_OF_SERVICE:
                self.outcome = str(state.reason)
                self.done.set()
            case Step.PLACE_CARD:
                self.place_card()
            case Step.GUARDIAN:
                self.outcome = str(Reason.MINOR_NEEDS_GUARDIAN)
                self._send(ev.Leaves())
            case Step.CERTIFICATES:
                self._choose(state)
            case Step.PURPOSE:
                self._send(ev.PurposeChosen(self._purpose(state)))
            case Step.COPIES:
                self._send(ev.CopiesChanged(self.copies))
                self._send(ev.PrintConfirmed())
            case Step.ANOTHER:
                self.outcome = PRINTED
                self._send(ev.Leaves())
            case Step.PROBLEM if state.reason is Reason.NOT_LIVE and state.retry is Step.FACE:
                # A living person is not seen to move once in some fifty times, and moves again.
                self._send(ev.TriedAgain())
            case Step.PROBLEM:
                self.outcome = self.outcome or str(state.reason)
                self._send(ev.Leaves())
            case Step.TAKE_CARD:
                self._remember(state)
                self.take_card()
            case Step.FAREWELL:
                self._remember(state)
                self.done.set()

    def _remember(self, state: State) -> None:
        """How the visit ended, where no step before has said it."""
        self.outcome = self.outcome or str(state.progress.outcome if state.progress else "")

    def _choose(self, state: State) -> None:
        kinds = [one.type for one in state.progress.certificates] if state.progress else []
        if self.wanted_type is None:
            self._send(ev.CertificateChosen(0))
        elif self.wanted_type in kinds:
            self._send(ev.CertificateChosen(kinds.index(self.wanted_type)))
        else:
            self.outcome = str(Reason.CERTIFICATE_NOT_FOUND)
            self._send(ev.Cancelled())

    def _purpose(self, state: State) -> str:
        fact = state.progress.chosen_fact if state.progress else None
        allowed = fact.purposes if fact else ()
        return self.purpose if self.purpose in allowed or not allowed else allowed[0]

    def _send(self, event: ev.Event) -> None:
        if self.pause:
            asyncio.get_running_loop().call_later(self.pause, self.engine.send, event)
        else:
            self.engine.send(event)
