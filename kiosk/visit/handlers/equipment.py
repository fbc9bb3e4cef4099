"""Starting, parts that are lost and back, and what is kept."""

from dataclasses import replace

from kiosk.visit import events as ev
from kiosk.visit.chart import WITH_CAMERA, Outcome, at_rest, enter, on, problem
from kiosk.visit.states import Part, State, Step


@on(Step.STARTING, event=ev.Ready)
def _(state: State, event: ev.Ready) -> Outcome:
    return at_rest(state)


@on(event=ev.PartLost)
def _part_lost(state: State, event: ev.PartLost) -> Outcome:
    after = replace(state, equipment=state.equipment.without(
        event.part, event.reason, event.since
    ))
    if state.step in (Step.IDLE, Step.OUT_OF_SERVICE):
        return at_rest(after)
    match state.step, event.part:
        case (Step.PLACE_CARD | Step.READING | Step.GUARDIAN, Part.READER):
            return problem(after, event.reason, None)
        case (step, Part.CAMERA) if step in WITH_CAMERA:
            return problem(after, event.reason, None)
        case (Step.TAKE_CARD, Part.READER):
            return enter(after, Step.FAREWELL)
    return after, ()


@on(event=ev.PartBack)
def _part_back(state: State, event: ev.PartBack) -> Outcome:
    after = replace(state, equipment=state.equipment.without(event.part, None))
    return at_rest(after) if state.step is Step.OUT_OF_SERVICE else (after, ())


@on(event=ev.ContentChanged)
def _content_changed(state: State, event: ev.ContentChanged) -> Outcome:
    after = replace(state, equipment=replace(state.equipment, kept=event.kept))
    return at_rest(after) if state.step in (Step.IDLE, Step.OUT_OF_SERVICE) else (after, ())
