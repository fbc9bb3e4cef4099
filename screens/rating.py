"""Five levels of equal weight, always in the same order, and no rating as large as any.

Whoever rates is protected: no name is asked (GB/T 39735-2020: of one's own will, no pressure).
"""

from kiosk.services.port import LEVELS
from kiosk.visit.events import Leaves, RatingChosen
from kiosk.visit.states import State, Step
from screens.base import both
from screens.tiles import Tile, TileScreen


class Rating(TileScreen):
    """Choose a level, or none."""

    step = Step.RATING
    rows = len(LEVELS) + 1

    def tiles(self, state: State) -> list[Tile]:
        """The levels, the best first, and none."""
        levels = [
            Tile(f"level-{one}", both(f"rating.level_{one}"), RatingChosen(one)) for one in LEVELS
        ]
        return [*levels, Tile("skip", both("rating.skip"), Leaves())]
