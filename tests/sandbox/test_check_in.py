"""Checking in over HTTP: who may, what is answered, and the ways in which it goes wrong."""

import asyncio
import io
import subprocess
import sys
import time

import aiohttp
import pytest

from sandbox.server import create_app
from sandbox.serving import Served, free_port
from sandbox.stage import Platform
from tests.conftest import ROOT
from tests.sandbox.terminals import PATH, Caller, record


@pytest.fixture
async def served(tmp_path):
    """The platform's app behind a line."""
    home = Served()
    app = create_app(await home.open(), tmp_path)
    await home.serve(app)
    yield app
    await home.stop()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as open_session:
        yield open_session


@pytest.fixture
def caller(served):
    one = Caller(served.state.identity.issuer)
    served.state.identity.register(one.name, one.public)
    return one


async def send(session, caller, lanes, headers=None, **options):
    body = caller.body(lanes)
    headers = headers or caller.headers(body, **options)
    async with session.post(caller.address + PATH, data=body, headers=headers) as answer:
        return answer, await answer.json()


async def inbox(session, caller):
    async with session.get(f"{caller.address}/sandbox/inbox") as answer:
        return (await answer.json())["records"]


async def test_a_check_in_is_acknowledged_and_shown(session, caller):
    sent = record(1)
    answer, said = await send(session, caller, {"citizen": [sent]})
    assert (answer.status, said["acknowledged"], said["refused"]) == (200, {"citizen": 1}, [])
    (shown,) = await inbox(session, caller)
    assert (shown["key"], shown["body"]) == (sent["key"], sent["body"])


async def test_the_stage_reports_what_came_without_its_content_and_sets_the_pace(
    session, tmp_path, capsys
):
    stage = Platform(tmp_path)
    await stage.start()
    caller = Caller(stage.address)
    stage.order({"do": "register", "terminal": caller.name, "public_key": caller.public})
    stage.order({"do": "contact_every", "seconds": 0.5})
    sent = record(1)
    _, said = await send(session, caller, {"citizen": [sent]})
    await stage.stop()
    assert said["next_seconds"] == 0.5
    reported = capsys.readouterr().out
    assert '"event": "received"' in reported
    assert sent["key"] in reported
    assert "made up" not in reported


@pytest.mark.parametrize("changes", [
    {"iss": "T2"}, {"sub": "T2"}, {"aud": "http://127.0.0.1:1"}, {"digest": "A" * 43},
    {"exp": int(time.time()) + 3600}, {"iat": 0, "exp": 60}, {"jti": None},
])
async def test_a_token_that_is_not_for_this_call_is_refused(session, caller, changes):
    answer, said = await send(session, caller, {"citizen": [record(1)]}, **changes)
    assert (answer.status, said["error"]) == (401, "invalid_token")
    assert await inbox(session, caller) == []


async def test_a_token_is_good_once_and_nothing_goes_without_one(session, caller):
    body = caller.body({})
    headers = caller.headers(body)
    assert (await send(session, caller, {}, headers))[0].status == 200
    assert (await send(session, caller, {}, headers))[0].status == 401
    assert (await send(session, caller, {}, {"Authorization": "Basic x"}))[0].status == 401


async def test_nobody_checks_in_for_another_terminal(session, caller):
    body = caller.body({}, terminal="T2")
    url, headers = caller.address + PATH, caller.headers(body)
    async with session.post(url, data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")


async def test_an_answer_that_gets_lost_was_taken_all_the_same(session, caller, served):
    served.state.faults.switch("check_in_unanswered", True)
    lanes = {"citizen": [record(1)]}
    with pytest.raises(aiohttp.ClientPayloadError):
        await send(session, caller, lanes)
    assert len(await inbox(session, caller)) == 1
    served.state.faults.clear()
    assert (await send(session, caller, lanes))[1]["acknowledged"] == {"citizen": 1}
    assert len(await inbox(session, caller)) == 1


async def test_a_platform_that_is_killed_has_kept_what_it_acknowledged(session, tmp_path):
    caller = Caller("")
    sent = [record(number) for number in range(1, 6)]

    async def start():
        port = free_port()
        caller.address = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "serve", "--port", str(port), "--state", tmp_path],
            stdout=subprocess.DEVNULL, cwd=ROOT,
        )
        registration = {"terminal": caller.name, "public_key": caller.public}
        async with asyncio.timeout(60):
            while process.poll() is None:
                try:
                    url = f"{caller.address}/sandbox/terminals"
                    async with session.post(url, json=registration) as answer:
                        assert answer.status == 200
                    return process
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
        return await start()  # somebody else was quicker to take the port

    first = await start()
    for one in sent:
        await send(session, caller, {"citizen": [one]})
    first.kill()
    first.wait()
    second = await start()
    assert [one["key"] for one in await inbox(session, caller)] == [one["key"] for one in sent]
    second.kill()
    second.wait()


@pytest.mark.parametrize(("fault", "status"), [("check_in_error", 500), ("check_in_busy", 429)])
async def test_what_is_not_taken_is_not_there(session, caller, served, fault, status):
    served.state.faults.switch(fault, True)
    answer, _ = await send(session, caller, {"citizen": [record(1)]})
    assert answer.status == status
    assert answer.headers.get("Retry-After") == ("2" if status == 429 else None)
    assert await inbox(session, caller) == []


async def test_records_that_no_office_takes_are_named(session, caller, served):
    served.state.faults.switch("records_not_taken", True)
    one = record(1)
    _, said = await send(session, caller, {"citizen": [one]})
    refusal = {"lane": "citizen", "number": 1, "key": one["key"], "reason": "not_taken"}
    assert (said["acknowledged"], said["refused"]) == ({"citizen": 1}, [refusal])


async def test_a_body_beyond_all_measure_is_not_read_to_its_end(session, caller):
    body = io.BytesIO(b" " * (3 << 20))
    headers = {"Authorization": "Bearer x"}
    async with session.post(caller.address + PATH, data=body, headers=headers) as answer:
        assert answer.status == 413
