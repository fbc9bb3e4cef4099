"""The terminal's adapter against the sandbox's server, with a phone that has a browser."""

import asyncio

import pytest
import uvicorn
from joserfc.jwk import ECKey

from kiosk.certificates.http import HttpLibrary
from kiosk.errors import Failure
from kiosk.identity.http import HttpIdentityService
from kiosk.identity.levels import Level
from kiosk.identity.oidc import Denied
from kiosk.platform import Platform
from kiosk.reasons import Reason
from sandbox.people.registry import person
from sandbox.server import create_app
from sandbox.serving import free_port
from tests.kiosk.identity.conftest import Phone
from tests.kiosk.identity.desks import DOCUMENT

PLACE = "柳塘村便民服务中心"


class Town:
    """The sandbox's server, and a terminal that it knows."""

    def __init__(self, app, address):
        self.app = app
        self.address = address
        key = ECKey.generate_key("P-256")
        app.state.identity.register("T1", key.as_dict(private=False), PLACE)
        self.platform = Platform(address, 8.0)
        self.service = HttpIdentityService(self.platform, "T1", key)


@pytest.fixture
async def town(tmp_path):
    port = free_port()
    app = create_app(f"http://127.0.0.1:{port}", tmp_path)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    made = Town(app, f"http://127.0.0.1:{port}")
    yield made
    await made.platform.close()
    server.should_exit = server.force_exit = True
    await running


async def test_a_phone_that_was_called_shows_the_code_of_the_screen_and_says_yes(town):
    code = await town.service.call_phone(DOCUMENT)
    assert code.called
    waiting = asyncio.create_task(town.service.wait_for_phone(code))

    def answer():
        holder = Phone(f"{town.address}/phone/calls?person=li-xiulan")
        assert PLACE in holder.text
        assert f"{code.user_code}/T1" in holder.text
        holder.submit(decision="confirm")

    await asyncio.to_thread(answer)
    session = await waiting
    assert session.level is Level.HIGH
    assert "sc" in session.amr


async def test_a_phone_that_was_called_says_no(town):
    code = await town.service.call_phone(DOCUMENT)
    town.app.state.identity.answer_newest_phone(None)
    with pytest.raises(Denied) as caught:
        await town.service.wait_for_phone(code)
    assert caught.value.error == "access_denied"


def choose(address, **fields):
    """What somebody decides on the page; the address that the phone then shows."""
    holder = Phone(address)
    assert PLACE in holder.text
    return holder.submit(**fields)


async def test_a_phone_shows_who_it_is_and_which_certificate_is_wanted(town):
    request = await town.service.begin_show()
    yes = {"person": "li-xiulan", "certificate": "pension_insurance", "decision": "confirm"}
    shown = await asyncio.to_thread(lambda: choose(request.address, **yes))
    session = await town.service.finish_show(request, shown)
    assert session.level is Level.SUBSTANTIAL
    library = HttpLibrary(town.platform, f"{town.platform.address}/library")
    held = await library.list(session)
    assert session.wanted in {one.identifier for one in held.certificates}
    wanted = town.app.state.library.find(person("li-xiulan"), session.wanted)
    assert wanted.type.id == "pension_insurance"


async def test_a_phone_that_says_no_shows_it(town):
    request = await town.service.begin_show()
    shown = await asyncio.to_thread(lambda: choose(request.address, decision="refuse"))
    with pytest.raises(Denied) as caught:
        await town.service.finish_show(request, shown)
    assert caught.value.reason is Reason.SIGN_IN_REFUSED


@pytest.mark.parametrize(
    "shown", ["", "https://elsewhere.example/show?code=x&state=y", "6901234567892", "HC1:6BF%"]
)
async def test_another_code_before_the_camera_is_no_answer(town, shown):
    assert await town.service.finish_show(await town.service.begin_show(), shown) is None


async def test_the_answer_to_another_request_is_no_answer(town):
    old = await town.service.begin_show()
    yes = {"person": "li-xiulan", "decision": "confirm"}
    shown = await asyncio.to_thread(lambda: choose(old.address, **yes))
    assert await town.service.finish_show(await town.service.begin_show(), shown) is None


async def test_a_parameter_that_is_there_twice_makes_no_answer(town):
    request = await town.service.begin_show()
    shown = await asyncio.to_thread(lambda: choose(request.address, decision="refuse"))
    assert await town.service.finish_show(request, f"{shown}&state={request.state}") is None


async def test_a_grant_that_nobody_knows_is_refused(town):
    client = town.service._client
    with pytest.raises(Denied) as caught:
        await client.ask("token_endpoint", {"grant_type": "password"}, client.new_proof_key())
    assert caught.value.error == "unsupported_grant_type"


async def test_a_certificate_that_the_citizen_does_not_hold_cannot_be_wanted(town):
    request = await town.service.begin_show()
    yes = {"person": "li-xiulan", "certificate": "marriage", "decision": "confirm"}
    holds = {one.type for one in person("li-xiulan").certificates}
    assert "marriage" not in holds
    shown = await asyncio.to_thread(lambda: choose(request.address, **yes))
    assert await town.service.finish_show(request, shown) is None


async def test_an_answered_request_opens_no_page(town):
    request = await town.service.begin_show()
    await asyncio.to_thread(lambda: choose(request.address, decision="refuse"))
    page = await asyncio.to_thread(lambda: Phone(request.address))
    assert "has run out" in page.text


async def test_a_platform_that_calls_no_phones_says_so_at_once(town):
    client = town.service._client
    await client.discover()
    del client._metadata["backchannel_authentication_endpoint"]
    with pytest.raises(Failure) as caught:
        await town.service.call_phone(DOCUMENT)
    assert caught.value.reason is Reason.PLATFORM_INVALID


async def test_the_page_that_is_shown_draws_a_code(town):
    request = await town.service.begin_show()
    yes = {"person": "li-xiulan", "decision": "confirm"}
    shown = await asyncio.to_thread(lambda: choose(request.address, **yes))
    page = await asyncio.to_thread(lambda: Phone(shown))
    assert page.drawn
