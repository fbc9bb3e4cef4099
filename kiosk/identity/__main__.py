"""`python -m kiosk.identity`: try a sign-in by phone against a platform, as a technician does."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import segno

from drivers.commandline import print_json, read_one
from drivers.device import DeviceFailure
from drivers.idcard.opening import open_reader
from drivers.idcard.port import Wanted
from kiosk.config import BadConfiguration
from kiosk.errors import Failure
from kiosk.identity.http import HttpIdentityService, load_key
from kiosk.identity.port import Session
from kiosk.platform import Platform
from kiosk.reasons import Reason
from kiosk.tls import open_tls

SECONDS = 8.0
CARD_SECONDS = 30.0

SignIn = Callable[[HttpIdentityService, argparse.Namespace], Awaitable[Session]]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m kiosk.identity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    common = _common_options()
    phone = commands.add_parser(
        "phone", parents=[common], help="show a code that a phone scans, and wait for its yes"
    )
    phone.set_defaults(sign_in=by_phone)
    call = commands.add_parser(
        "call", parents=[common], help="read a card, have its holder's phone called, and wait"
    )
    call.add_argument("--reader", required=True, help="/dev/ttyUSB0, usb:0400:c35a or pcsc:NAME")
    call.set_defaults(sign_in=by_call)
    show = commands.add_parser(
        "show", parents=[common],
        help="show a code that a phone scans; what the phone then shows is read from standard "
        "input, a line for each code, as scanners that are keyboards give it",
    )
    show.set_defaults(sign_in=by_show)
    return parser.parse_args(arguments)


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--platform", required=True, help="the identity service's address")
    common.add_argument("--terminal", required=True, help="the terminal's name with it")
    common.add_argument("--key", type=Path, required=True, help="the terminal's key (PEM)")
    common.add_argument("--certificate", type=Path, help="certificate of that key (PEM)")
    common.add_argument("--roots", type=Path, help="authorities of the platform's TLS")
    common.add_argument("--json", action="store_true", help="answer in JSON, a line each")
    return common


async def by_phone(service: HttpIdentityService, options: argparse.Namespace) -> Session:
    """A phone that scans. Raises Failure."""
    code = await service.begin_phone()
    tell(options.json, code.address, code.seconds, code.user_code)
    return await service.wait_for_phone(code)


async def by_call(service: HttpIdentityService, options: argparse.Namespace) -> Session:
    """A phone that is called. Raises BadConfiguration, Failure, DeviceFailure."""
    try:
        reader = open_reader(options.reader)
    except ValueError as error:
        raise BadConfiguration(f"--reader {options.reader}: {error}") from error
    document = await read_one(reader, CARD_SECONDS, Wanted(photo=False))
    code = await service.call_phone(document)
    tell(options.json, "", code.seconds, code.user_code)
    return await service.wait_for_phone(code)


async def by_show(service: HttpIdentityService, options: argparse.Namespace) -> Session:
    """A phone that shows. Raises Failure."""
    request = await service.begin_show()
    tell(options.json, request.address, request.seconds)
    while line := await asyncio.to_thread(sys.stdin.readline):
        session = await service.finish_show(request, line.strip())
        if session is not None:
            return session
        print("that is no answer to this request", file=sys.stderr)
    raise Failure(Reason.TIMEOUT, "the phone has shown nothing")


def tell(as_json: bool, address: str, seconds: float, user_code: str = "") -> None:
    """What a screen would show."""
    if as_json:
        print(json.dumps({"address": address, "user_code": user_code}), flush=True)
        return
    if address:
        segno.make(address, error="m", micro=False).terminal(compact=True)
        print(address)
    if user_code:
        print(f"code {user_code}")
    print(f"good for {seconds:.0f} s", flush=True)


async def run(options: argparse.Namespace) -> Session:
    """Sign in and out again; the session that was.

    Raises BadConfiguration, Failure, DeviceFailure.
    """
    own = (options.certificate, options.key) if options.certificate else None
    platform = Platform(options.platform, SECONDS, open_tls(options.roots, own))
    try:
        service = HttpIdentityService(platform, options.terminal, load_key(options.key))
        sign_in: SignIn = options.sign_in
        session = await sign_in(service, options)
        await service.sign_out(session)
        return session
    finally:
        await platform.close()


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    try:
        session = asyncio.run(run(options))
    except BadConfiguration as error:
        print(f"kiosk.identity: {error}", file=sys.stderr)
        return 2
    except (Failure, DeviceFailure) as failure:
        if options.json:
            print_json({"reason": str(failure.reason), "detail": failure.detail})
        else:
            print(f"{failure.reason}: {failure.detail}", file=sys.stderr)
        return 1
    told = {"signed_in": True, "acr": session.acr, "amr": list(session.amr)}
    print(json.dumps(told) if options.json else f"signed in and out again: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
