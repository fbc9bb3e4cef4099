"""Words that a site has said aloud in its own way: by key, before those of the locales."""

from collections.abc import Mapping

from kiosk.content.tables import load_toml, not_understood, text
from offline.sync.publication import Files

COLLECTION = "prompts"
LANGUAGES = {"zh-Hans.toml": "zh-Hans", "en.toml": "en"}
"""A file for each locale, named as that of `locales/`."""


class Prompts:
    """The words in use."""

    def __init__(self) -> None:
        self._current: Mapping[tuple[str, str], str] = {}

    def find(self, key: str, language: str) -> str | None:
        """The site's words for a key such as `guides.welcome`; None where it has none."""
        return self._current.get((language, key))

    async def accept(self, files: Files) -> None:
        """Take published files into use. Raises SyncFailure."""
        self._current = read_prompts(files)


def read_prompts(files: Files) -> dict[tuple[str, str], str]:
    """The words of published files by language and key. Raises SyncFailure."""
    words: dict[tuple[str, str], str] = {}
    for name, content in files.items():
        if name not in LANGUAGES:
            raise not_understood(f"{name}: no language of this terminal")
        for section, entries in load_toml(name, content).items():
            if not isinstance(entries, dict):
                raise not_understood(f"{name}: {section} is no section")
            for key, value in entries.items():
                place = f"{section}.{key}"
                words[LANGUAGES[name], place] = text(value, f"{name}: {place}")
    return words
