"""What must not be found of a citizen, in every form in which a program may hold it."""

import base64
import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from sandbox.identity import pairwise
from sandbox.library.issue import Issued
from sandbox.people.cards import card_image
from sandbox.people.photo import decode
from sandbox.people.registry import Person

SHRINK = 2
"""Every so many pixels of a frame are on the screen (screens/face.py)."""
SHORTEST = 6
"""Bytes: what is shorter stands in memory by chance."""
VARIED = 8
"""Different bytes that a piece of a picture needs, not to stand elsewhere by chance."""
PIECE = 48
"""Bytes of a picture or a file that are looked for."""


@dataclass(frozen=True, slots=True)
class Needle:
    """One form of one value."""

    name: str
    form: str
    content: bytes


def forms(name: str, text: str) -> list[Needle]:
    """A text as CPython, JSON, HTTP, XML, printers and tokens hold it."""
    escaped = json.dumps(text)[1:-1]
    found = {
        "utf-8": text.encode(), "utf-16": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"), "utf-32": text.encode("utf-32-le"),
        "json": escaped.encode(), "percent": quote(text, safe="").encode(),
        "hex": text.encode().hex().encode(),
    }
    with contextlib.suppress(UnicodeEncodeError):
        found["gb18030"] = text.encode("gb18030")
    for coded, shift in product(("utf-8", "json"), range(3)):
        found[f"base64 of {coded}, at {shift}"] = inside_base64(found[coded], shift)
    contents = {content: form for form, content in reversed(found.items())}
    return [
        Needle(name, form, content) for content, form in contents.items()
        if len(content) >= SHORTEST
    ]


def inside_base64(content: bytes, shift: int) -> bytes:
    """How a text looks inside something longer that is base64url, `shift` bytes after a border.

    What depends on its neighbours is left off at both ends.
    """
    whole = base64.urlsafe_b64encode(b"\0" * shift + content)
    first = -(-shift * 4 // 3)
    return whole[first : (shift + len(content)) // 3 * 4]


def piece(name: str, form: str, content: bytes, at: float = 0.5) -> Needle:
    """A piece of a file or a picture, in the middle or elsewhere."""
    begin = int(len(content) * at)
    return Needle(name, form, content[begin : begin + PIECE])


def of_person(someone: Person, terminal: str, held: Iterable[Issued] = ()) -> list[Needle]:
    """What the card of a resident says, what the platform calls them, and what they hold."""
    card, photo = someone.card, card_image(someone.id)["photo"]
    texts = {
        "name": someone.name, "number": someone.number, "address": card["address"],
        "authority": card["issuing_authority"], "subject": pairwise(terminal, someone),
        "masked name": f"{someone.name[0]}*{someone.name[-1]}",
        "masked number": "*" * 14 + someone.number[-4:],
        **{f"added address {i}": one for i, one in enumerate(someone.added_addresses)},
        **{f"identifier of {one.type.id}": one.identifier for one in held},
        **{f"number of {one.type.id}": one.face_number for one in held},
    }
    width, height, colours = decode(photo)
    row = colours[width * 3 * (height // 2) :][: width * 3]
    return [
        *(needle for name, text in texts.items() for needle in forms(name, text)),
        piece("photo", "as on the chip", photo.rstrip(b"\0")),
        piece("photo", "decoded", row),
    ]


def of_page(colours: bytes) -> list[Needle]:
    """A page of a document as a picture: its most varied piece, as screens may hold it."""
    at = max(
        range(0, len(colours) - PIECE, PIECE), key=lambda at: len(set(colours[at : at + PIECE]))
    )
    row = np.frombuffer(colours[at : at + PIECE], np.uint8).reshape(-1, 3)
    return [
        Needle("page", "red-green-blue", row.tobytes()),
        Needle("page", "blue-green-red", row[:, ::-1].tobytes()),
        Needle("page", "red-green-blue-alpha", with_alpha(row)),
        Needle("page", "blue-green-red-alpha", with_alpha(row[:, ::-1])),
    ]


def with_alpha(row: NDArray[np.uint8]) -> bytes:
    """Pixels of three bytes as those of four, as graphics cards have them."""
    return np.hstack([row, np.full((len(row), 1), 255, np.uint8)]).tobytes()


def of_frames(jpegs: Iterable[bytes], rows: Iterable[NDArray[np.uint8]]) -> list[Needle]:
    """What the camera saw: as it came over the line, as a picture, and turned for the screen.

    `rows`: of each picture one of the rows that are on the screen, blue-green-red.
    """
    found = [piece("frame", "jpeg", jpeg) for jpeg in jpegs]
    for row in rows:
        found += [
            piece("frame", "blue-green-red", row.tobytes()),
            piece("frame", "red-green-blue", row[:, ::-1].tobytes()),
        ]
        for first in range(SHRINK):
            turned = row[first::SHRINK][::-1]
            found.append(piece("frame", f"for the screen, {first}", turned.tobytes()))
            found.append(piece("frame", f"on the screen, {first}", with_alpha(turned)))
    return [one for one in found if len(set(one.content)) >= VARIED]


def named(found: Mapping[Needle, int]) -> dict[str, int]:
    """What was found, by name and form, with how often: for people."""
    return {f"{needle.name} ({needle.form})": count for needle, count in found.items()}
