"""Errors as data: what `errors.toml` says of each reason, and the failure that carries one."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk.reasons import Reason

ERRORS_FILE = Path(__file__).with_name("errors.toml")


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """One entry of `errors.toml`."""

    origin: str
    transient: bool
    zh_title: str
    zh: str
    en_title: str
    en: str
    operator: str
    action: str

    def title(self, language: str) -> str:
        """What the citizen reads first."""
        return self.en_title if language == "en" else self.zh_title

    def text(self, language: str) -> str:
        """What the citizen can do."""
        return self.en if language == "en" else self.zh


@cache
def errors() -> dict[str, ErrorWords]:
    """All entries by code."""
    with ERRORS_FILE.open("rb") as file:
        return {code: ErrorWords(**entry) for code, entry in tomllib.load(file).items()}


class Failure(Exception):
    """Something that was asked for could not be done, for one reason of the closed list.

    `detail` is for operators and never holds personal data.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    @property
    def words(self) -> ErrorWords:
        """What `errors.toml` says of it."""
        return errors()[self.reason]
