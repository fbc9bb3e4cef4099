"""What a request or a complaint is about more closely."""

from kiosk.services.port import CATEGORIES
from kiosk.visit.events import CategoryChosen
from kiosk.visit.states import State, Step
from screens.base import both
from screens.tiles import Tile, TileScreen


class Category(TileScreen):
    """Choose one."""

    step = Step.CATEGORY
    columns = 2
    rows = 3

    def tiles(self, state: State) -> list[Tile]:
        """Those of the kind."""
        draft = state.progress.draft if state.progress else None
        return [
            Tile(f"category-{one}", both(f"category.{one}"), CategoryChosen(one))
            for one in (CATEGORIES[draft.kind] if draft else ())
        ]
