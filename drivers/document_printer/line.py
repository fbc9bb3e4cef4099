"""The line to an IPP printer: pyipp asks, a job with options is sent by our own codec.

One deadline covers each exchange; every way of failing is an `IPPError`.
"""

import asyncio
from typing import Any

import aiohttp
from pyipp import IPP
from pyipp.enums import IppOperation
from pyipp.exceptions import IPPConnectionError, IPPError, IPPParseError, IPPResponseError
from pyipp.parser import parse

from drivers.document_printer.ipp import Attributes, Group, Operation, encode_request

ASK_SECONDS = 8.0
SUBMIT_SECONDS = 60.0
"""How long handing over a document may take: a slow printer takes it page by page."""
LINE_ERRORS = (aiohttp.ClientError, OSError, TimeoutError, UnicodeDecodeError, RuntimeError)
"""How an exchange fails; aiohttp says RuntimeError of a session that was closed meanwhile."""
HTTP_ERROR = 400
IPP_GOOD = 0x0200


class IppLine:
    """Requests to one printer; one HTTP session for all."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._session: aiohttp.ClientSession | None = None
        self._ipp: IPP | None = None
        self._requests = 0

    async def ask(self, operation: IppOperation, request: dict[str, Any]) -> dict[str, Any]:
        """Ask through pyipp. Raises IPPError.

        pyipp reads the answer's body outside its own deadline and its own errors.
        """
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer: dict[str, Any] = await self._client().execute(operation, request)
        except LINE_ERRORS as error:
            raise IPPConnectionError(f"{operation.name}: {error!r}") from error
        return answer

    async def send(
        self,
        operation: Operation,
        groups: list[tuple[Group, Attributes]],
        data: bytes,
        seconds: float,
    ) -> dict[str, Any]:
        """Send a request of our own encoding; the answer as pyipp reads it. Raises IPPError."""
        self._requests += 1
        body = encode_request(operation, self._requests, self._target, groups, data)
        try:
            async with asyncio.timeout(seconds):
                raw = await self._post(body)
        except LINE_ERRORS as error:
            raise IPPConnectionError(f"{operation.name}: {error!r}") from error
        try:
            answer: dict[str, Any] = parse(raw)
        except Exception as error:
            # pyipp's parser fails in many ways on an answer that is none.
            raise IPPParseError(f"{operation.name}: {error!r}") from error
        if answer["status-code"] >= IPP_GOOD:
            raise IPPError(
                f"{operation.name}: the printer answers {answer['status-code']:#06x}",
                {"status-code": answer["status-code"]},
            )
        return answer

    async def close(self) -> None:
        """End the session."""
        session, self._session, self._ipp = self._session, None, None
        if session is not None:
            await session.close()

    async def _post(self, body: bytes) -> bytes:
        client = self._client()
        assert self._session is not None
        scheme = "https" if client.tls else "http"
        address = f"{scheme}://{client.host}:{client.port}{client.base_path}"
        headers = {"Content-Type": "application/ipp", "Accept": "application/ipp"}
        async with self._session.post(
            address, data=body, headers=headers, ssl=client.verify_ssl
        ) as response:
            raw = await response.read()
            if response.status >= HTTP_ERROR:
                raise IPPResponseError(
                    f"HTTP {response.status}", {"status-code": response.status}
                )
            return raw

    def _client(self) -> IPP:
        if self._ipp is None:
            self._session = aiohttp.ClientSession()
            self._ipp = IPP(
                self._target, session=self._session, request_timeout=round(SUBMIT_SECONDS)
            )
        return self._ipp
