"""Requests and replies on a reader's line: sends, collects, sends again.

What comes damaged or not at all is asked for again a few times; what a status means is
not decided here.
"""

import time
from dataclasses import dataclass

from drivers.device import DeviceFailure, FailureReason
from drivers.idcard.profiles import Profile
from drivers.idcard.protocol import Command, FrameFault, Reply, Sw3
from drivers.idcard.transport import Transport

RESENDS = 2
"""How often a request is sent again after a damaged or missing reply."""
SILENCE = "no answer"
"""A request that got no byte back; a long one is not sent again after that."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The driver's times, in seconds (docs/idcard.md, section 1.6)."""

    poll: float = 0.1
    """Between two questions whether a card lies there (or still lies there)."""
    reply: float = 0.6
    """Until the first byte of the reply to a short command."""
    read_reply: float = 5.0
    """Until the first byte of the reply to a read: the SAM talks to the card first."""
    gap: float = 0.25
    """Between two bytes of one reply; a longer pause ends the reply."""
    health: float = 3.0
    """Between two signs of life asked for while no card comes."""
    probe: float = 0.3
    """Until the first byte of a reply at a speed that may be the wrong one."""


class NoReply(DeviceFailure):
    """No whole reply came, although the request was sent again."""


class Wire:
    """One reader's line under one wire profile. For one thread."""

    def __init__(self, transport: Transport, profile: Profile, timing: Timing) -> None:
        self.profile = profile
        self._transport = transport
        self._timing = timing
        self._finder = profile.framing.finder()

    def ask(self, command: Command, timeout: float | None = None) -> Reply:
        """The reply to a request; sent again where it came damaged.

        `timeout` is until the first byte (default: that of a short command). Raises
        NoReply, LineLost, and KeyError for a command that the profile does not have.
        """
        wait = self._timing.reply if timeout is None else timeout
        trouble = ""
        for _ in range(RESENDS + 1):
            outcome = self.exchange(command, wait)
            if isinstance(outcome, Reply):
                if outcome.sw3 not in (Sw3.BAD_CHECKSUM, Sw3.BAD_LENGTH):
                    return outcome
                trouble = f"reader reports {outcome.sw3:#04x}"
            else:
                trouble = outcome
                if outcome is SILENCE and wait > self._timing.reply:
                    break
        raise NoReply(FailureReason.READER_FAULT, f"{command.name}: {trouble}")

    def exchange(self, command: Command, timeout: float) -> Reply | str:
        """Send once and collect one reply; a str says why there is none. Raises LineLost."""
        self._transport.discard()
        self._finder.reset()
        self._transport.write(self.profile.framing.encode(self.profile.commands[command]))
        return self._receive(command, timeout)

    def _receive(self, command: Command, timeout: float) -> Reply | str:
        deadline = time.monotonic() + timeout
        heard = False
        trouble = SILENCE
        while True:
            now = time.monotonic()
            patience = self._timing.gap if heard else max(0.0, deadline - now)
            received = self._transport.read(patience)
            heard = heard or bool(received)
            for item in self._finder.feed(received):
                if isinstance(item, FrameFault):
                    trouble = f"garbage ({item.name.lower()})"
                    continue
                reply = self.profile.framing.parse_reply(item)
                if reply is None:
                    trouble = "a frame without status"
                elif not self.profile.fits(command, reply):
                    trouble = "the late answer to another request"
                else:
                    return reply
            if not received or time.monotonic() > deadline + self._timing.gap * 8:
                return trouble if not self._finder.pending else "the answer broke off"
