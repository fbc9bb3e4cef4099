"""`python -m kiosk.identity`: try a sign-in by phone against a platform, as a technician does."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

import segno

from kiosk.config import BadConfiguration
from kiosk.errors import Failure
from kiosk.identity.http import load_key
from kiosk.identity.oidc import OidcClient
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.port import PhoneCode, Session
from kiosk.platform import Platform

SECONDS = 8.0


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m kiosk.identity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    phone = commands.add_parser("phone", help="show a code, wait for the phone, sign out again")
    phone.add_argument("--platform", required=True, help="the identity service's address")
    phone.add_argument("--terminal", required=True, help="the terminal's name with it")
    phone.add_argument("--key", type=Path, required=True, help="the terminal's key (PEM)")
    phone.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def show(code: PhoneCode, as_json: bool) -> None:
    """The code, as a screen would show it."""
    if as_json:
        print(json.dumps({"address": code.address, "user_code": code.user_code}), flush=True)
        return
    segno.make(code.address, error="m", micro=False).terminal(compact=True)
    print(f"{code.address}\ncode {code.user_code}, good for {code.seconds:.0f} s", flush=True)


async def run_phone(options: argparse.Namespace) -> Session:
    """Sign in by phone and out again; the session that was. Raises Failure."""
    platform = Platform(options.platform, SECONDS)
    try:
        client = OidcClient(platform, options.terminal, load_key(options.key))
        sign_in = PhoneSignIn(client)
        code = await sign_in.begin()
        show(code, options.json)
        session = await sign_in.wait(code)
        await platform.post(
            client.endpoint("revocation_endpoint"),
            {**client.credentials(), "token": session.token},
        )
        return session
    finally:
        await platform.close()


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    try:
        session = asyncio.run(run_phone(options))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    except Failure as failure:
        if options.json:
            print(json.dumps({"reason": str(failure.reason), "detail": failure.detail}))
        else:
            print(f"{failure.reason}: {failure.detail}", file=sys.stderr)
        return 1
    told = {"signed_in": True, "acr": session.acr, "amr": list(session.amr)}
    print(json.dumps(told) if options.json else f"signed in and out again: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
