"""oidc-provider, a certified OpenID provider that none of us wrote, in a process of its own."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from joserfc.jwk import ECKey
from lxml import html

from sandbox.serving import free_port
from tests.conftest import ROOT

FOLDER = Path(__file__).with_name("provider")
NODE = ROOT / ".venv" / "bin" / "node"
TERMINAL = "TB-0001"
PLACE = "柳塘村便民服务中心 TB-0001"


class Provider:
    """The provider, and the key of the terminal that it knows."""

    def __init__(self, *, wants_nonce: bool = False, seconds: int = 120) -> None:
        self.key = ECKey.generate_key("P-256")
        own = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig", "kid": "own-1"})
        order = {
            "port": free_port(), "client": TERMINAL, "name": PLACE, "seconds": seconds,
            "client_key": {**self.key.as_dict(private=False), "use": "sig", "alg": "ES256"},
            "own_key": own.as_dict(private=True), "wants_nonce": wants_nonce,
        }
        self._process = subprocess.Popen(
            [NODE, FOLDER / "provider.mjs", json.dumps(order)], cwd=FOLDER,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.address = self._process.stdout.readline().strip()
        assert self.address, "oidc-provider did not start"

    def close(self) -> None:
        """End it by ending its input."""
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


class Phone:
    """A citizen's phone: follows the provider's pages as a browser does, form by form."""

    def __init__(self, address: str) -> None:
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._page = self._browser.get(address, timeout=10)

    @property
    def text(self) -> str:
        """What the page says."""
        return str(html.fromstring(self._page.text).text_content())

    def submit(self, **fields: str) -> None:
        """Send the page's first form with these fields filled in."""
        form = html.fromstring(self._page.text).forms[0]
        filled = {name: value or "" for name, value in form.form_values()} | fields
        target = urljoin(self._page.url, form.action)
        self._page = self._browser.post(target, data=filled, timeout=10)

    def sign_in(self, who: str) -> None:
        """Compare the code, say yes, and give a name."""
        self.submit()
        assert PLACE in self.text
        self.submit()
        self.submit(login=who, password="made up")
        self.submit()
        assert "successful" in self.text

    def refuse(self) -> None:
        """Compare the code and say no."""
        self.submit()
        self.submit(abort="yes")


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


@pytest.fixture
def phone():
    """A citizen's phone that opens an address."""
    return Phone
