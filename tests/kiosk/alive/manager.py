"""`python -m tests.kiosk.alive.manager SECONDS COMMAND...`: a small service manager.

Starts the command with a socket for its notices (sd_notify(3)), waits for signs of life as a
unit with `Type=notify`, `WatchdogSec=` and `Restart=always` has it, kills with SIGABRT what
gives none, and starts it again. Tells what happens as JSON lines; ends when its input does.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def tell(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def serve(seconds: float, command: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.bind(place)
            while run_once(seconds, command, place, end):
                pass


def run_once(seconds: float, command: list[str], place: str, end: socket.socket) -> bool:
    """One life of the service; whether there shall be another."""
    environment = os.environ | {
        "NOTIFY_SOCKET": place, "WATCHDOG_USEC": str(int(seconds * 1_000_000)),
    }
    child = subprocess.Popen(command, env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL)
    tell("started", pid=child.pid)
    ready = False
    while child.poll() is None:
        # Until it is ready the service has the time of TimeoutStartSec=.
        readable, _, _ = select.select([end, sys.stdin], [], [], seconds if ready else 60)
        if sys.stdin in readable:
            child.terminate()
            child.wait(20)
            return False
        if not readable:
            tell("watchdog", pid=child.pid)
            child.send_signal(signal.SIGABRT)
            child.send_signal(signal.SIGCONT)
            child.wait(20)
            break
        for line in end.recv(4096).decode().splitlines():
            ready |= line == "READY=1"
            tell("notice", line=line)
    tell("ended", status=child.returncode)
    return True


if __name__ == "__main__":
    serve(float(sys.argv[1]), sys.argv[2:])
