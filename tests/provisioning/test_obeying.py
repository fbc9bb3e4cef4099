"""The simulated person does what the terminal asks, and only that."""

import asyncio

from kiosk.faces.port import Hint
from kiosk.visit.personal import Visit
from provisioning.obeying import obey_hints

LONG_ENOUGH = 0.1


async def test_movements_are_passed_on_once_and_so_is_the_end_of_them():
    visit, orders = Visit(), []
    obeying = asyncio.create_task(
        obey_hints(visit, lambda to, do, **fields: orders.append((to, do, fields)))
    )
    for hint in (Hint.NO_FACE, Hint.GOOD, Hint.TURN_LEFT, Hint.HOLD_STILL, Hint.SHUT_EYES, None):
        visit.hint = hint
        await asyncio.sleep(LONG_ENOUGH)
    obeying.cancel()
    assert orders == [
        ("camera", "ask", {"movement": wish}) for wish in ("turn_left", None, "shut_eyes", None)
    ]
