"""Guides: first the domains that have any, then the guides of one."""

from kiosk.content.port import Domain, Guide
from kiosk.visit.events import DomainChosen, GuideChosen
from kiosk.visit.states import State, Step
from screens.base import both
from screens.tiles import Tile, TileScreen


class Guides(TileScreen):
    """Choose a domain, then a guide."""

    step = Step.GUIDES

    def tiles(self, state: State) -> list[Tile]:
        """The domains, or the guides of the one that was chosen."""
        domain = state.progress.domain if state.progress else None
        guides = self.ui.visit.guides
        if domain is not None:
            return [_guide(one) for one in guides if one.domain is domain]
        used = {one.domain for one in guides}
        return [_domain(one) for one in Domain if one in used]


def _domain(domain: Domain) -> Tile:
    return Tile(f"domain-{domain}", both(f"domain.{domain}"), DomainChosen(domain))


def _guide(guide: Guide) -> Tile:
    return Tile(f"guide-{guide.id}", (guide.title_zh, guide.title_en), GuideChosen(guide.id))
