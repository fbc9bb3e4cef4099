"""Orders to the stage's phones: what a demo has instead of somebody with a phone."""

import asyncio
import time

import pytest

from kiosk.identity.http import HttpIdentityService, load_key
from kiosk.identity.levels import ACR_STAFF
from kiosk.platform import Platform


@pytest.fixture
async def service(stage):
    """The identity service as the stage's terminal reaches it."""
    terminal, platform = stage.config.terminal, Platform(stage.config.platform.address, 8.0)
    yield HttpIdentityService(platform, terminal.id, load_key(terminal.key))
    await platform.close()


async def report(stage, event):
    """What the stage reports, waited for a few seconds."""
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        for one in stage.reports:
            if one["event"] == event:
                return one
        await asyncio.sleep(0.05)
    raise AssertionError(f"no report of {event}")


async def signed_in(service, stage, code, person):
    stage.order("platform", "phone", person=person)
    return await service.wait_for_phone(code)


async def test_a_phone_takes_over_on_demand_and_its_number_is_reported(service, stage):
    citizen = await signed_in(service, stage, await service.begin_phone(), "li-xiulan")
    offer = await service.hand_over(citizen, "")
    stage.order("platform", "take_over")
    number = await service.wait_for_taker(citizen, offer)
    assert (await report(stage, "taken_over"))["number"] == number
    await service.settle_hand_over(citizen, offer, same=True)


async def test_a_member_of_staff_signs_in_on_demand(service, stage):
    staff = await signed_in(service, stage, await service.begin_staff(), "liu-min")
    assert staff.acr == ACR_STAFF


async def test_people_authorise_each_other_on_demand(service, stage):
    stage.order(
        "platform", "authorise", person="lin-yating", agent="ayiguli", types=["medical_insurance"]
    )
    agent = await signed_in(service, stage, await service.begin_phone(), "ayiguli")
    found = await service.principals(agent)
    assert [one.types for one in found] == [("medical_insurance",)]
