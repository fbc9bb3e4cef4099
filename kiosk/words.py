"""Words for screens and paper, from the locales; the same keys in every language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent.parent / "locales"
CHINESE, ENGLISH = "zh-Hans", "en"
LANGUAGES = (CHINESE, ENGLISH)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All words of a language by `section.key`."""
    with (LOCALES / f"{language}.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {
        f"{section}.{key}": text
        for section, words in sections.items()
        for key, text in words.items()
    }


def say(key: str, language: str = CHINESE, **values: object) -> str:
    """The words of a key with values filled in. Raises KeyError for an unknown key."""
    return catalogue(language)[key].format(**values)
