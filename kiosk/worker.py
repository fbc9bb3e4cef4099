"""Worker processes: heavy or risky work, apart from the screen, with limits.

A worker is `python -m kiosk.worker_process MODULE`; the module's `CALLS` are what it can do.
Messages are a JSON object and byte strings in both directions (never pickles: a worker
that a hostile file has taken over must not be able to run code here). A worker that
takes too long, grows too large or dies fails the one call, and is started anew with the
next.
"""

import asyncio
import contextlib
import json
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.hygiene.memory import without_overwriting

Fields = dict[str, Any]
Blob = bytes | memoryview
Answer = tuple[Fields, list[bytes]]
Reply = tuple[Fields, Sequence[Blob]]
"""An answer as a worker gives it: what it sends as a view arrives as bytes."""
Call = Callable[[Fields, list[bytes]], Reply]

HEADER = struct.Struct(">I")


class WorkerFault(Exception):
    """The worker did not answer: it died, was too slow, or its code is broken."""


class Refusal(Exception):
    """Raised in a worker, and again in the terminal: the call's input is at fault.

    `kind` is a word that both sides know.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


def encode(fields: Fields, blobs: Sequence[Blob]) -> bytes:
    """A message as bytes."""
    header = json.dumps({"fields": fields, "blobs": [len(blob) for blob in blobs]}).encode()
    return b"".join((HEADER.pack(len(header)), header, *blobs))


class Worker:
    """A worker process as the terminal sees it."""

    def __init__(self, module: str, memory_mb: int, seconds: float = 10.0) -> None:
        self._module = module
        self._memory = memory_mb
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def call(self, name: str, fields: Fields, blobs: Sequence[bytes] = ()) -> Answer:
        """Have something done. Raises Refusal, WorkerFault."""
        async with self._turn:
            process = await self._running()
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._exchange(process, name, fields, blobs)
            except TimeoutError as error:
                await self._kill()
                why = f"{self._module}.{name}: longer than {self._seconds} s"
                raise WorkerFault(why) from error
            except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
                await self._kill()
                raise WorkerFault(f"{self._module}.{name}: the worker died") from error
            except asyncio.CancelledError:
                await self._kill()
                raise

    async def stop(self) -> None:
        """End the process; the next call starts another."""
        async with self._turn:
            await self._kill()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kiosk.worker_process", self._module,
                "--memory-mb", str(self._memory),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                env=without_overwriting(),
            )
        return self._process

    async def _exchange(
        self,
        process: asyncio.subprocess.Process,
        name: str,
        fields: Fields,
        blobs: Sequence[bytes],
    ) -> Answer:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(encode({"call": name, **fields}, blobs))
        await process.stdin.drain()
        size = HEADER.unpack(await process.stdout.readexactly(HEADER.size))[0]
        header = json.loads(await process.stdout.readexactly(size))
        received = [await process.stdout.readexactly(length) for length in header["blobs"]]
        answer: Fields = header["fields"]
        if "refused" in answer:
            raise Refusal(answer["refused"], answer["detail"])
        if "broke" in answer:
            raise WorkerFault(f"{self._module}.{name}: {answer['broke']}")
        return answer, received

    async def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._process = None
