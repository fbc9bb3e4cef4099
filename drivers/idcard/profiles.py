"""Wire profiles of ID-card readers: what differs between makes, as data.

The data stand in `profiles.toml`; a make that talks in another way is another table
there, as long as its frames are of a known kind.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from drivers.idcard.framing import FRAMINGS, Framing
from drivers.idcard.protocol import Command, Reply, Sw3

PROFILES = Path(__file__).with_name("profiles.toml")
STANDARD = "sdt"


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of talking on the wire."""

    name: str
    description: str
    framing: Framing
    baud_rates: tuple[int, ...]
    presence: tuple[Command, ...]
    commands: dict[Command, bytes]
    sizes: dict[Command, int]

    def knows(self, command: Command) -> bool:
        """Whether such a reader has the command."""
        return command in self.commands

    def fits(self, command: Command, reply: Reply) -> bool:
        """Whether a reply can be the answer to a command, by the size of its data."""
        if reply.meaning is not None or reply.sw3 == Sw3.NO_SUCH_ITEM:
            return True
        size = self.sizes.get(command)
        if size is None:
            return len(reply.data) not in self.sizes.values() or not reply.data
        return len(reply.data) == size

    @property
    def sign_of_life(self) -> Command:
        """What is asked to prove that a reader answers."""
        return Command.SAM_STATUS if self.knows(Command.SAM_STATUS) else Command.FIND_CARD


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by name, in the order in which an unknown reader is asked."""
    entries = tomllib.loads(PROFILES.read_text(encoding="utf-8"))
    return {name: _profile(name, entry) for name, entry in entries.items()}


def profile_called(name: str) -> Profile:
    """The profile of a name. Raises ValueError, naming those that there are."""
    try:
        return profiles()[name]
    except KeyError:
        known = ", ".join(profiles())
        raise ValueError(f"no wire profile {name!r}; known: {known}") from None


def _profile(name: str, entry: dict[str, object]) -> Profile:
    commands, sizes = entry["commands"], entry.get("sizes", {})
    baud_rates, presence = entry["baud_rates"], entry["presence"]
    assert isinstance(commands, dict)
    assert isinstance(sizes, dict)
    assert isinstance(baud_rates, list)
    assert isinstance(presence, list)
    return Profile(
        name,
        str(entry["description"]),
        FRAMINGS[str(entry["framing"])],
        tuple(baud_rates),
        tuple(Command[word.upper()] for word in presence),
        {Command[word.upper()]: bytes.fromhex(body) for word, body in commands.items()},
        {Command[word.upper()]: size for word, size in sizes.items()},
    )
