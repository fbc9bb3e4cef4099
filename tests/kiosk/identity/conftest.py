"""Two providers: oidc-provider, a certified one that none of us wrote, and the sandbox."""

import json
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import uvicorn
from joserfc.jwk import ECKey
from lxml import html

from kiosk.certificates.http import HttpLibrary
from kiosk.identity.http import HttpIdentityService
from kiosk.identity.levels import ACR_PHONE, LEVELS
from kiosk.identity.oidc import OidcClient
from kiosk.platform import Platform
from sandbox.people.registry import who_phones
from sandbox.server import create_app
from sandbox.serving import free_port
from tests.conftest import ROOT
from tests.kiosk.authority import Authority
from tests.kiosk.identity.desks import Desk

FOLDER = Path(__file__).with_name("provider")
NODE = ROOT / ".venv" / "bin" / "node"
TERMINAL = "TB-0001"
PLACE = "柳塘村便民服务中心 TB-0001"


class Provider:
    """The provider, and the key of the terminal that it knows."""

    def __init__(
        self, *, wants_nonce: bool = False, seconds: int = 120, acr: str = ACR_PHONE,
        nobody: str = "", authority: Authority | None = None,
    ) -> None:
        """With an `authority`, terminals authenticate by its certificates (RFC 8705)."""
        self.key = ECKey.generate_key("P-256")
        own = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig", "kid": "own-1"})
        order = {
            "port": free_port(), "client": TERMINAL, "name": PLACE, "seconds": seconds,
            "client_key": {**self.key.as_dict(private=False), "use": "sig", "alg": "ES256"},
            "own_key": own.as_dict(private=True), "wants_nonce": wants_nonce,
            "acr": acr, "amr": ["user", "pop"], "acr_values": list(LEVELS), "nobody": nobody,
        }
        if authority is not None:
            certificate, key = authority.server()
            order["tls"] = {
                "port": free_port(), "subject": f"CN={TERMINAL}", "key": key.read_text(),
                "cert": certificate.read_text(), "ca": authority.roots.read_text(),
            }
        self._process = subprocess.Popen(
            [NODE, FOLDER / "provider.mjs", json.dumps(order)], cwd=FOLDER,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.address = self._process.stdout.readline().strip()
        assert self.address, "oidc-provider did not start"

    def called(self) -> dict[str, Any]:
        """The call of a phone that the provider makes next."""
        return json.loads(self._process.stdout.readline())

    def answer(self, call: dict[str, Any], *, yes: bool) -> None:
        """What the phone that was called says."""
        self._process.stdin.write(json.dumps({"answer": call["call"], "yes": yes}) + "\n")
        self._process.stdin.flush()
        assert self.called() == {"answered": call["call"]}

    def close(self) -> None:
        """End it by ending its input."""
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


class Phone:
    """A citizen's phone: follows the provider's pages as a browser does, form by form."""

    def __init__(self, address: str, roots: Path | None = None) -> None:
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._browser.verify = str(roots) if roots else True
        self._page = self._browser.get(address, timeout=10)

    @property
    def text(self) -> str:
        """What the page says."""
        return str(html.fromstring(self._page.text).text_content())

    @property
    def status(self) -> int:
        """The status of the page."""
        return self._page.status_code

    @property
    def drawn(self) -> bool:
        """Whether there is a picture on the page."""
        return html.fromstring(self._page.text).find(".//svg") is not None

    def follow(self) -> bytes:
        """What the page's first link leads to."""
        link = html.fromstring(self._page.text).find(".//a")
        return self._browser.get(urljoin(self._page.url, link.get("href")), timeout=10).content

    def reload(self) -> None:
        """Ask for the page again, as it does by itself."""
        self._page = self._browser.get(self._page.url, timeout=10)

    def submit(self, **fields: str) -> str:
        """Send the page's first form with these fields filled in; where that leads to."""
        form = html.fromstring(self._page.text).forms[0]
        filled = {name: value or "" for name, value in form.form_values()} | fields
        target = urljoin(self._page.url, form.action)
        self._page = self._browser.post(target, data=filled, timeout=10)
        return self._page.url

    def sign_in(self, who: str) -> None:
        """Compare the code, say yes, and give a name."""
        self.submit()
        assert PLACE in self.text
        self.submit()
        self.submit(login=who, password="made up")
        self.submit()
        assert "successful" in self.text

    def authorise(self, who: str) -> str:
        """Give a name and say yes; the address that the phone then shows."""
        self.submit(login=who, password="made up")
        return self.submit()

    def go(self, address: str) -> str:
        """Open another address, as who has signed in before; where the phone comes to."""
        self._page = self._browser.get(address, timeout=10)
        return self._page.url

    def decline(self) -> str:
        """Say no; the address that the phone then shows."""
        page = html.fromstring(self._page.text)
        (no,) = (link for link in page.iter("a") if link.get("href").endswith("/abort"))
        return self.go(urljoin(self._page.url, no.get("href")))

    def refuse(self) -> None:
        """Compare the code and say no."""
        self.submit()
        self.submit(abort="yes")


@pytest.fixture
def desk(tmp_path):
    """A terminal before the sandbox's service, by a clock that the test moves."""
    return Desk(tmp_path)


@pytest.fixture
def start_provider():
    """Start oidc-provider: `start_provider(wants_nonce=True)`."""
    started: list[Provider] = []

    def start(**settings) -> Provider:
        started.append(Provider(**settings))
        return started[-1]

    yield start
    for one in started:
        one.close()


@dataclass
class Terminal:
    """A terminal before a provider."""

    provider: Provider
    platform: Platform
    client: OidcClient


@pytest.fixture
async def at_provider(start_provider):
    """A terminal before oidc-provider: `at_provider(wants_nonce=True)`."""
    platforms = []

    def open_terminal(key=None, tls=None, **settings):
        provider = start_provider(**settings)
        platform = Platform(provider.address, 8.0, tls)
        platforms.append(platform)
        return Terminal(provider, platform, OidcClient(platform, TERMINAL, key or provider.key))

    yield open_terminal
    for one in platforms:
        await one.close()


@pytest.fixture
def phone():
    """A citizen's phone that opens an address."""
    return Phone


class Served:
    """The sandbox over HTTP in a thread of this process, and a terminal that it knows."""

    def __init__(self, folder: Path) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.app = create_app(self.address, folder)
        self.key = ECKey.generate_key("P-256")
        self.app.state.identity.register(TERMINAL, self.key.as_dict(private=False), PLACE)
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, log_level="warning", lifespan="off")
        )
        self._thread = threading.Thread(target=self._server.run, args=([listening],))
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    def answer_phone(self, who: str) -> None:
        """Somebody says yes on the phone to the code that was asked for last."""
        self.app.state.identity.answer_newest_phone(who_phones(who))

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The sandbox over HTTP, one for a module."""
    made = Served(tmp_path_factory.mktemp("sandbox"))
    yield made
    made.close()


@pytest.fixture
async def platform(served):
    """A terminal's line to the sandbox."""
    made = Platform(served.address, 8.0)
    yield made
    await made.close()
    served.app.state.faults.clear()


@pytest.fixture
def service(served, platform):
    """The terminal's identity service, over HTTP."""
    return HttpIdentityService(platform, TERMINAL, served.key)


@pytest.fixture
def library(platform):
    """The terminal's certificate library, over HTTP."""
    return HttpLibrary(platform, f"{platform.address}/library")
