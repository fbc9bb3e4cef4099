"""What somebody wants to leave, or to know what became of it."""

from kiosk.services.port import Kind
from kiosk.visit.events import ChoseFollowUp, KindChosen
from kiosk.visit.states import State, Step
from screens.base import both
from screens.tiles import Tile, TileScreen


class Request(TileScreen):
    """A request, a complaint, a rating; or the way back to one."""

    step = Step.REQUEST
    rows = 4

    def tiles(self, state: State) -> list[Tile]:
        """The kinds, and what became of one."""
        kinds = [Tile(f"kind-{kind}", both(f"request.{kind}"), KindChosen(kind)) for kind in Kind]
        return [*kinds, Tile("follow_up", both("request.follow_up"), ChoseFollowUp())]
