"""When somebody who left a number wants to be called."""

from kiosk.services.port import CallTime
from kiosk.visit.events import CallTimeChosen
from kiosk.visit.states import State, Step
from screens.base import both
from screens.tiles import Tile, TileScreen


class CallTimes(TileScreen):
    """Choose one."""

    step = Step.CALL_TIME
    rows = len(CallTime)

    def tiles(self, state: State) -> list[Tile]:
        """Parts of the day, or any."""
        return [
            Tile(f"call-{one}", both(f"call_time.{one}"), CallTimeChosen(one)) for one in CallTime
        ]
