"""What it is about: the terminal, a service of those that are known here, or something else."""

from kiosk.services.port import OTHER, TERMINAL
from kiosk.visit.events import AboutChosen
from kiosk.visit.states import State, Step
from screens.base import both
from screens.tiles import Tile, TileScreen


class About(TileScreen):
    """Choose one."""

    step = Step.ABOUT

    def tiles(self, state: State) -> list[Tile]:
        """The terminal and something else first: they are there whatever is kept."""
        always = [
            Tile(f"about-{one}", both(f"about.{one}"), AboutChosen(one))
            for one in (TERMINAL, OTHER)
        ]
        services = [
            Tile(f"about-{one.id}", (one.title_zh, one.title_en), AboutChosen(one.id))
            for one in self.ui.visit.services
        ]
        return [*always, *services]
