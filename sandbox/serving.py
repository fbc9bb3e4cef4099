"""Servers in this process: one behind a line that can be cut, or all of a sandbox in the open."""

import asyncio
import contextlib
import socket
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from sandbox.bad_line import BadLine
from sandbox.library.regions import other_regions
from sandbox.regions import create_region_app
from sandbox.server import create_app

HOST = "127.0.0.1"
LOOK_SECONDS = 0.01


class Served:
    """A server behind a line; the address that terminals use leads through the line."""

    def __init__(self) -> None:
        self._socket = socket.create_server((HOST, 0))
        self.line = BadLine(HOST, self._socket.getsockname()[1])
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> str:
        """Open the line; its address. Nobody answers there before `serve`."""
        return f"http://{HOST}:{await self.line.serve()}"

    async def serve(self, app: FastAPI) -> None:
        """Begin to answer."""
        self._server = make_server(app)
        self._task = asyncio.create_task(self._server.serve([self._socket]))
        while not self._server.started:
            await asyncio.sleep(LOOK_SECONDS)

    async def stop(self) -> None:
        """End the server and the line."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._socket.close()
        self.line.close()


async def serve_all(port: int, state: Path) -> None:
    """The platform at a port, other regions at free ones, until this process is told to end.

    Raises OSError where a port is taken or the folder cannot be used.
    """
    issuer = f"http://{HOST}:{port}"
    home = socket.create_server((HOST, port))
    sockets = {code: socket.create_server((HOST, 0)) for code in other_regions()}
    addresses = {
        code: f"http://{HOST}:{one.getsockname()[1]}" for code, one in sockets.items()
    }
    platform = create_app(
        issuer, state, {code: f"{one}/library" for code, one in addresses.items()}
    )
    print(f"platform at {issuer}, API at {issuer}/docs", flush=True)
    running = []
    for code, region in other_regions().items():
        app = create_region_app(region, addresses[code], platform)
        running.append(make_server(app).serve([sockets[code]]))
        print(f"{region.name_en} ({code}) at {addresses[code]}", flush=True)
    # Each takes the signals from the one before it and hands them back when it ends: the last
    # to begin is the first to end.
    await asyncio.gather(*running, make_server(platform).serve([home]))


def make_server(app: FastAPI) -> uvicorn.Server:
    """A server for an app, which listens on the socket that it is given."""
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))


def free_port() -> int:
    """A port on loopback that nobody uses."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])
