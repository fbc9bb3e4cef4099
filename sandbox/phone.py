"""Sign-ins that wait for somebody's answer on a phone, with the cautions of RFC 10027.

Some phones scan a terminal's code (RFC 8628), some are called by the platform (OpenID CIBA
Core 1.0). A code lives two minutes, is good once, and belongs to the terminal that asked
for it; a call can be answered by nobody but who was called.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.people.registry import Person
from sandbox.refused import Refused

PHONE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CALL_GRANT = "urn:openid:params:grant-type:ciba"
PHONE_SECONDS = 120
PHONE_INTERVAL = 1
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants: codes make no words (RFC 8628, section 6.1)."""


@dataclass(slots=True)
class Waiting:
    """A terminal that waits for a phone."""

    handle: str
    """What the terminal polls with: `device_code` or `auth_req_id`."""
    user_code: str
    terminal: str
    ends: float
    called: Person | None = None
    """Whose phone was called; None where a code was scanned."""
    message: str = ""
    """What a phone that was called shows, to be compared with the terminal's screen."""
    staff: bool = False
    """Whether a member of staff is waited for, and nobody else."""
    person: Person | None = None
    refused: bool = False
    asked: float = 0.0


class PhoneDesk:
    """The codes that are out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: dict[str, Waiting] = {}

    def begin(
        self, terminal: str, *, called: Person | None = None, message: str = "",
        seconds: int = PHONE_SECONDS, staff: bool = False,
    ) -> Waiting:
        """New codes; an earlier one of the same terminal is good no more."""
        now = self._clock()
        self._waiting = {
            code: one for code, one in self._waiting.items()
            if one.ends > now and one.terminal != terminal
        }
        letters = "".join(secrets.choice(LETTERS) for _ in range(8))
        made = Waiting(
            secrets.token_urlsafe(32), f"{letters[:4]}-{letters[4:]}", terminal,
            now + min(seconds, PHONE_SECONDS), called, message, staff,
        )
        self._waiting[made.handle] = made
        return made

    def find(self, user_code: str) -> Waiting | None:
        """Who waits for a code that a phone shows."""
        wanted = user_code.strip().upper()
        return next((one for one in self._open() if one.user_code == wanted), None)

    def calls(self, person: Person) -> list[Waiting]:
        """What somebody's phone is called for."""
        return [one for one in self._open() if one.called == person]

    def newest(self) -> str | None:
        """The code that was asked for last and is waited for, for a demo without a phone."""
        open_codes = [one.user_code for one in self._open()]
        return open_codes[-1] if open_codes else None

    def answer(self, user_code: str, person: Person | None) -> bool:
        """The phone's answer; False where nobody waits for it, or for somebody else's.

        Where a member of staff is waited for, a citizen's yes is a no, and the other way round.
        """
        waiting = self.find(user_code)
        if waiting is None or (person and waiting.called and waiting.called != person):
            return False
        if person is not None and person.is_staff != waiting.staff:
            waiting.refused = True
            return False
        waiting.person, waiting.refused = person, person is None
        return True

    def poll(self, terminal: str, handle: str, *, called: bool = False) -> Person:
        """Who said yes. Raises Refused while nobody has, or where nobody will."""
        now = self._clock()
        waiting = self._waiting.get(handle)
        if (
            waiting is None or waiting.terminal != terminal
            or (waiting.called is not None) != called
        ):
            raise Refused("invalid_grant", "no such code, or one that was used")
        if waiting.ends <= now:
            raise Refused("expired_token", "the code has run out")
        if waiting.refused:
            raise Refused("access_denied", "refused on the phone")
        if waiting.person is None:
            soon = now - waiting.asked < PHONE_INTERVAL * 0.9
            waiting.asked = now
            raise Refused("slow_down" if soon else "authorization_pending", "not yet")
        del self._waiting[handle]
        return waiting.person

    def _open(self) -> list[Waiting]:
        now = self._clock()
        return [
            one for one in self._waiting.values()
            if one.ends > now and not one.refused and one.person is None
        ]
