"""Sign-ins whose answer the citizen's phone shows to the terminal: PAR, code, PKCE.

A terminal pushes its request (RFC 9126); the phone opens the authorization endpoint with
it, the citizen says yes, and the answer (RFC 6749, RFC 9207) is drawn as a code that the
terminal's camera reads. A request can be answered once; a code lives two minutes at most,
is good once, and only for the terminal that pushed the request, by the verifier of its
challenge (RFC 7636) and the key that the request named (RFC 9449, section 10).
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.digests import s256
from sandbox.identity import ACR_PHONE, AMR_PHONE, TOKEN_SECONDS, IdentityService
from sandbox.people.registry import Person
from sandbox.refused import Refused

REQUEST_SECONDS = 120
CODE_SECONDS = 60
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Pushed:
    """The request of a terminal."""

    terminal: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    key: str
    """The thumbprint of the key that the tokens shall be bound to; empty where none is named."""
    ends: float


@dataclass(slots=True)
class Answered:
    """What a code is exchanged for, and whether somebody has tried."""

    request: Pushed
    person: Person
    wanted: str
    ends: float
    tried: bool = False
    token: str = ""


class ShowDesk:
    """Requests that wait for a phone, and codes that wait for their terminal."""

    def __init__(self, identity: IdentityService, clock: Callable[[], float]) -> None:
        self._identity = identity
        self._clock = clock
        self._pushed: dict[str, Pushed] = {}
        self._answered: dict[str, Answered] = {}
        self.show_endpoint = f"{identity.issuer}/show"

    def push(self, terminal: str, form: dict[str, str]) -> dict[str, object]:
        """Keep a terminal's request (RFC 9126, section 2). Raises Refused."""
        self._check(terminal, form)
        now = self._clock()
        self._pushed = {
            name: one for name, one in self._pushed.items()
            if one.ends > now and one.terminal != terminal
        }
        name = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(32)}"
        self._pushed[name] = Pushed(
            terminal, form["redirect_uri"], form["state"], form.get("nonce", ""),
            form["code_challenge"], form.get("dpop_jkt", ""), now + REQUEST_SECONDS,
        )
        return {"request_uri": name, "expires_in": REQUEST_SECONDS}

    def find(self, request_uri: str, terminal: str) -> Pushed | None:
        """The request that a phone brings and that was not answered yet, or None."""
        found = self._pushed.get(request_uri)
        if found is None or found.terminal != terminal or found.ends <= self._clock():
            return None
        return found

    def newest(self) -> tuple[str, str] | None:
        """Name and terminal of the request that was pushed last and waits, for a demo."""
        open_ones = [
            (name, one.terminal) for name, one in self._pushed.items()
            if self.find(name, one.terminal)
        ]
        return open_ones[-1] if open_ones else None

    def answer(
        self, request_uri: str, terminal: str, person: Person | None, wanted: str = ""
    ) -> str | None:
        """The address at which the phone shows the answer; None for a request that is unknown.

        `person` None refuses; `wanted`: the identifier of the certificate to be printed.
        """
        request = self.find(request_uri, terminal)
        if request is None:
            return None
        del self._pushed[request_uri]
        told = {"state": request.state, "iss": self._identity.issuer}
        if person is None:
            told["error"] = "access_denied"
        else:
            told["code"] = self._code(request, person, wanted)
        return f"{request.redirect_uri}?{urlencode(told)}"

    def exchange(
        self, terminal: str, code: str, redirect_uri: str, verifier: str, forged: bool, key: str
    ) -> dict[str, object]:
        """The tokens for a code (RFC 6749, section 4.1.3). Raises Refused."""
        found = self._answered.get(code)
        if found is None or found.tried:
            # Somebody has the code twice: what came of it is good no more (section 4.1.2).
            self._identity.revoke(found.token if found else "")
            raise Refused("invalid_grant", "no such code, or one that was used")
        request, found.tried = found.request, True
        if found.ends <= self._clock():
            raise Refused("invalid_grant", "the code has run out")
        if (request.terminal, request.redirect_uri) != (terminal, redirect_uri):
            raise Refused("invalid_grant", "the code is another terminal's, or another page's")
        if not secrets.compare_digest(s256(verifier), request.challenge):
            raise Refused("invalid_grant", "the verifier is not that of the challenge")
        if request.key not in ("", key):
            raise Refused("invalid_grant", "the request named another key")
        told: dict[str, object] = {"nonce": request.nonce, "acr": ACR_PHONE, "amr": AMR_PHONE}
        if found.wanted:
            told["wanted"] = found.wanted
        answer = self._identity.issue(found.person, terminal, key, told, forged)
        found.token = str(answer["access_token"])
        return answer

    def _code(self, request: Pushed, person: Person, wanted: str) -> str:
        now = self._clock()
        self._answered = {
            code: one for code, one in self._answered.items() if one.ends + TOKEN_SECONDS > now
        }
        code = secrets.token_urlsafe(32)
        self._answered[code] = Answered(request, person, wanted, now + CODE_SECONDS)
        return code

    def _check(self, terminal: str, form: dict[str, str]) -> None:
        rules = {
            "response_type": form.get("response_type") == "code",
            "client_id": form.get("client_id", terminal) == terminal,
            "redirect_uri": form.get("redirect_uri") == self.show_endpoint,
            "scope": "openid" in form.get("scope", "").split(),
            "state": bool(form.get("state")),
            "code_challenge_method": form.get("code_challenge_method") == "S256",
            "code_challenge": bool(CHALLENGE.fullmatch(form.get("code_challenge", ""))),
            "request_uri": "request_uri" not in form,
        }
        wrong = [name for name, right in rules.items() if not right]
        if wrong:
            raise Refused("invalid_request", f"{wrong[0]} is missing or not allowed")
