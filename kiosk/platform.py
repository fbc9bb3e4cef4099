"""The platform over HTTP: one session, one deadline, failures with their reasons.

Adapters of `identity` and `certificates` ask through here, so that a line that is cut,
slow or answers nonsense is called the same everywhere.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from kiosk.errors import Failure
from kiosk.limits.calls import Gate
from kiosk.reasons import Reason
from kiosk.tls import Tls, open_tls

LONG = re.compile(r"[0-9]{4}|.{32}")
"""A part of a path that names one certificate, one offer: too long or too many digits."""
LARGEST = 20 * 1024 * 1024
"""No answer may be larger than this."""
STREAM_PIECE = 65536


@dataclass(slots=True, eq=False)
class Line:
    """A session with its connections, and how many requests are under way on it."""

    session: aiohttp.ClientSession
    busy: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """An answer of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Stream:
    """An answer whose body is still to come; reading it raises Failure where the line breaks."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]


class Platform:
    """A client of one platform."""

    def __init__(
        self, address: str, timeout: float, tls: Tls | None = None,
        hear_date: Callable[[str | None], None] = lambda _: None, gate: Gate | None = None,
    ) -> None:
        """`tls`: whom to believe, and what to show; the system's authorities without it.

        `hear_date` gets the `Date` of each answer; `gate` says when a call may be made.
        """
        self.address = address.rstrip("/")
        self._hosts = {host_of(self.address)}
        self.tls = tls or open_tls(None, None)
        self._hear_date = hear_date
        self._gate = gate or Gate(time.monotonic, SystemRandom().random, partial(datetime.now, UTC))
        self._timeout = timeout
        self._line: Line | None = None

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The body of an answer. Raises Failure."""
        return await self._request("GET", url, headers or {}, None)

    async def get_json(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON of an answer. Raises Failure."""
        return decode_json(await self.get(url, headers))

    async def post(self, url: str, form: Mapping[str, str]) -> bytes:
        """The body of the answer to a form. Raises Failure."""
        return await self._request("POST", url, {}, form)

    async def send_json(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Any:
        """The JSON of the answer to JSON. Raises Failure."""
        return decode_json(await self._request("POST", url, headers or {}, None, body))

    async def exchange(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Reply:
        """The answer to a form, whatever its status. Raises Failure where there is none."""
        return await self._reply("POST", url, headers, form, None)

    async def deliver(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The answer to these very bytes, whatever its status. Raises Failure."""
        return await self._reply("POST", url, headers, body, None)

    async def close(self) -> None:
        """End the session."""
        line, self._line = self._line, None
        if line is not None:
            await line.session.close()

    async def rest(self) -> None:
        """Let the connections go, with what their buffers hold; the next request makes new ones.

        Requests under way keep theirs until they are answered.
        """
        line, self._line = self._line, None
        if line is not None and not line.busy:
            await line.session.close()

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str],
        form: Mapping[str, str] | None, body: Mapping[str, Any] | None = None,
    ) -> bytes:
        reply = await self._reply(method, url, headers, form, body)
        if reply.status != 200:
            raise refusal(reply, f"{method} {told(url)}")
        return reply.body

    async def _reply(
        self, method: str, url: str, headers: Mapping[str, str],
        form: Mapping[str, str] | bytes | None, body: Mapping[str, Any] | None,
    ) -> Reply:
        if "Authorization" in headers and not self._is_mine(url):
            why = "a token goes to no other host"
            raise Failure(Reason.PLATFORM_INVALID, f"{method} {told(url)}: {why}")
        with failing(f"{method} {told(url)}"):
            async with (
                self._in_use() as session,
                self._gate.turn(url) as turn,
                session.request(
                    method, url, headers=headers, data=form, json=body, allow_redirects=False
                ) as response,
            ):
                answer = await read_limited(response)
                turn.answered(response.status, response.headers.get("Retry-After"))
        self._hear_date(response.headers.get("Date"))
        return Reply(response.status, response.headers, answer)

    @contextlib.asynccontextmanager
    async def stream(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        """An answer of any status whose body is read as it comes. Raises Failure.

        It may take as long as it likes, while something comes within the deadline.
        """
        what = f"GET {told(url)}"
        patient = aiohttp.ClientTimeout(
            total=None, connect=self._timeout, sock_read=self._timeout
        )
        async with self._in_use() as session:
            with failing(what):
                async with self._gate.turn(url) as turn:
                    response = await session.get(
                        url, headers=headers, allow_redirects=False, timeout=patient
                    )
                    turn.answered(response.status, response.headers.get("Retry-After"))
            try:
                pieces = response.content.iter_chunked(STREAM_PIECE)
                yield Stream(response.status, response.headers, _failing_pieces(pieces, what))
            finally:
                response.release()

    @contextlib.asynccontextmanager
    async def _in_use(self) -> AsyncIterator[aiohttp.ClientSession]:
        """The session, for one request; one that was let go meanwhile is closed after it."""
        if self._line is None:
            self._line = Line(self._open())
        line = self._line
        line.busy += 1
        try:
            yield line.session
        finally:
            line.busy -= 1
            if line is not self._line and not line.busy:
                await line.session.close()

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            connector=aiohttp.TCPConnector(ssl=self.tls.context),
            # What one citizen's visit was told is nothing to the next one's.
            cookie_jar=aiohttp.DummyCookieJar(),
            # Proxies and passwords of the environment are none of the terminal's.
            trust_env=False,
        )

    def believe(self, *urls: object) -> None:
        """Tokens may go to the hosts of these addresses, too: the platform itself named them."""
        self._hosts |= {host_of(url) for url in urls if isinstance(url, str)}

    def _is_mine(self, url: str) -> bool:
        """Whether an address is on a host of this platform; redirects are never followed."""
        return host_of(url) in self._hosts


@contextlib.contextmanager
def failing(request: str) -> Iterator[None]:
    """Give what HTTP and the line do their names; `request` is for the detail."""
    try:
        yield
    except TimeoutError as error:
        raise Failure(Reason.PLATFORM_TIMEOUT, request) from error
    except (aiohttp.ClientPayloadError, aiohttp.InvalidURL) as error:
        raise Failure(Reason.PLATFORM_INVALID, f"{request}: {error}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Failure(Reason.NETWORK, f"{request}: {error}") from error
    except ValueError as error:
        # The codec's word for a host that cannot be; certificates' errors are above.
        raise Failure(Reason.PLATFORM_INVALID, f"{request}: {error}") from error


async def _failing_pieces(pieces: AsyncIterator[bytes], request: str) -> AsyncIterator[bytes]:
    with failing(request):
        async for piece in pieces:
            yield piece


def told(url: str) -> str:
    """An address as a log may have it: without its query, and names of single things hidden."""
    parts = urlsplit(url)
    path = "/".join("*" if LONG.search(one) else one for one in parts.path.split("/"))
    return f"{parts.scheme}://{parts.netloc}{path}"


def host_of(url: str) -> tuple[str, str]:
    """Scheme, and host with its port, of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


async def read_limited(response: aiohttp.ClientResponse) -> bytes:
    """The body, as long as it is not too large. Raises Failure."""
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(65536):
        size += len(piece)
        if size > LARGEST:
            raise Failure(Reason.PLATFORM_INVALID, "the answer is too large")
        pieces.append(piece)
    return b"".join(pieces)


CHALLENGE_ERROR = re.compile(r'\berror="([a-z_]+)"')
"""In `WWW-Authenticate` (RFC 6750, section 3)."""
BY_ERROR = {
    (401, "invalid_token"): Reason.SIGNED_OUT,
    (401, "insufficient_user_authentication"): Reason.LEVEL_TOO_LOW,
    (403, "insufficient_scope"): Reason.SCOPE_NOT_AUTHORISED,
}
"""RFC 6750, section 3.1; RFC 9470, section 3."""


def refusal(reply: Reply, request: str) -> Failure:
    """What an answer other than 200 is called."""
    status, error = reply.status, _error(reply)
    detail = f"{request}: HTTP {status} {error}".strip()
    if (status, error) in BY_ERROR:
        return Failure(BY_ERROR[status, error], detail)
    if status in (400, 401, 403):
        return Failure(Reason.SIGN_IN_REFUSED, detail)
    if status == 404:
        return Failure(Reason.CERTIFICATE_NOT_FOUND, detail)
    return Failure(Reason.PLATFORM_ERROR, detail)


def _error(reply: Reply) -> str:
    """The error's name, by the challenge or, where there is none, by the body."""
    challenged = CHALLENGE_ERROR.search(reply.headers.get("WWW-Authenticate", ""))
    if challenged:
        return challenged[1]
    try:
        return str(json.loads(reply.body).get("error", ""))
    except (ValueError, AttributeError):
        return ""


def decode_json(body: bytes) -> Any:
    """JSON from bytes. Raises Failure for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Failure(Reason.PLATFORM_INVALID, f"not JSON: {error}") from error


async def is_there(platform: Platform, seconds: float = 3.0) -> Reason | None:
    """Why the platform cannot be used, or None where it answers."""
    try:
        async with asyncio.timeout(seconds):
            await platform.get(f"{platform.address}/health")
    except TimeoutError:
        return Reason.PLATFORM_TIMEOUT
    except Failure as failure:
        return failure.reason
    return None
