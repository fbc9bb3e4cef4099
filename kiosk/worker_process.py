"""The worker's side of `worker.Worker`: serves a module's calls on the standard streams."""

import argparse
import importlib
import json
import os
import resource
import signal
import sys
from typing import BinaryIO

from kiosk.hygiene import dumps
from kiosk.worker import HEADER, Call, Fields, Refusal, encode

MEGABYTE = 1024 * 1024


def serve(calls: dict[str, Call], source: BinaryIO, sink: BinaryIO) -> None:
    """Answer calls until the terminal hangs up."""
    while len(start := source.read(HEADER.size)) == HEADER.size:
        header = json.loads(source.read(HEADER.unpack(start)[0]))
        blobs = [source.read(length) for length in header["blobs"]]
        fields = header["fields"]
        sink.write(_answer(calls[fields.pop("call")], fields, blobs))
        sink.flush()


def _answer(call: Call, fields: Fields, blobs: list[bytes]) -> bytes:
    try:
        return encode(*call(fields, blobs))
    except Refusal as refusal:
        return encode({"refused": refusal.kind, "detail": refusal.detail}, [])
    except Exception as error:  # noqa: BLE001 (the border of the process: said, not hidden)
        return encode({"broke": f"{type(error).__name__}: {error}"}, [])


def main() -> int:
    """Serve the calls of a module on the standard streams."""
    parser = argparse.ArgumentParser("python -m kiosk.worker_process", description=main.__doc__)
    parser.add_argument("module")
    parser.add_argument("--memory-mb", type=int, required=True)
    options = parser.parse_args()
    limit = options.memory_mb * MEGABYTE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    dumps.forbid_dumps()
    # A worker outlives no terminal that was killed: it holds what the citizen's visit sent it.
    dumps.end_with_parent(signal.SIGKILL)
    os.nice(5)
    # What a library prints must not get between the answers.
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    calls = importlib.import_module(options.module).CALLS
    serve(calls, sys.stdin.buffer, sink)
    return 0


if __name__ == "__main__":
    sys.exit(main())
