"""What scanners send: lines on a serial port, key strokes of a keyboard. No I/O.

A serial scanner ends every code with CR, LF or both; a scanner that pretends to be a
keyboard presses the keys of a US layout and Enter. Both may be torn by bad cables, so
nothing is kept that grows without end.
"""

from collections.abc import Iterator

from evdev import ecodes

from drivers.inputs import KEY, InputEvent

LONGEST_CODE = 4296
"""Characters in the largest QR code (ISO/IEC 18004)."""

ENDS = b"\r\n"
PRESSED, REPEATED = 1, 2


class LineSplitter:
    """Cuts a serial scanner's stream into codes."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._overlong = False

    def reset(self) -> None:
        """Forget the beginning of a code."""
        self._line.clear()
        self._overlong = False

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Take in bytes and yield the codes that they complete, without their ends.

        A line longer than any code is noise and passed over as a whole.
        """
        for byte in received:
            if byte in ENDS:
                if self._line and not self._overlong:
                    yield bytes(self._line)
                self.reset()
            elif len(self._line) < LONGEST_CODE * 4:
                self._line.append(byte)
            else:
                self._overlong = True


def decode_text(raw: bytes) -> str:
    """A code's text: UTF-8, or GB 18030 as older Chinese scanners send it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


_PLAIN = {
    ecodes.KEY_SPACE: "  ", ecodes.KEY_MINUS: "-_", ecodes.KEY_EQUAL: "=+",
    ecodes.KEY_LEFTBRACE: "[{", ecodes.KEY_RIGHTBRACE: "]}", ecodes.KEY_BACKSLASH: "\\|",
    ecodes.KEY_SEMICOLON: ";:", ecodes.KEY_APOSTROPHE: "'\"", ecodes.KEY_GRAVE: "`~",
    ecodes.KEY_COMMA: ",<", ecodes.KEY_DOT: ".>", ecodes.KEY_SLASH: "/?", ecodes.KEY_TAB: "\t\t",
}
_DIGITS = dict(zip("1234567890", "!@#$%^&*()", strict=True))
_SHIFTS = frozenset({ecodes.KEY_LEFTSHIFT, ecodes.KEY_RIGHTSHIFT})
_ENTERS = frozenset({ecodes.KEY_ENTER, ecodes.KEY_KPENTER})


def _keys() -> dict[int, str]:
    """Plain and shifted character of every key of a US layout."""
    letters = {
        getattr(ecodes, f"KEY_{one.upper()}"): one + one.upper()
        for one in "abcdefghijklmnopqrstuvwxyz"
    }
    digits = {getattr(ecodes, f"KEY_{one}"): one + top for one, top in _DIGITS.items()}
    return letters | digits | _PLAIN


KEYS = _keys()


class KeyDecoder:
    """Turns key strokes into codes."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._shifts: set[int] = set()

    def reset(self) -> None:
        """Forget the beginning of a code; which keys are held stays true."""
        self._text.clear()

    def feed(self, event: InputEvent) -> str | None:
        """Take in an event; the code that it completes, if it does."""
        if event.type != KEY:
            return None
        if event.code in _SHIFTS:
            (self._shifts.add if event.value else self._shifts.discard)(event.code)
            return None
        if event.value not in (PRESSED, REPEATED):
            return None
        if event.code in _ENTERS:
            text = "".join(self._text)
            self._text.clear()
            return text or None
        if event.code in KEYS and len(self._text) < LONGEST_CODE:
            self._text.append(KEYS[event.code][bool(self._shifts)])
        return None


def strokes(text: str) -> Iterator[InputEvent]:
    """The key strokes of a text and Enter: for simulators. Raises ValueError."""
    where = {pair[shifted]: (code, shifted) for code, pair in KEYS.items() for shifted in (1, 0)}
    for character in text:
        if character not in where:
            raise ValueError(f"no key types {character!r}")
        code, shifted = where[character]
        if shifted:
            yield InputEvent(KEY, ecodes.KEY_LEFTSHIFT, 1)
        yield from (InputEvent(KEY, code, 1), InputEvent(KEY, code, 0))
        if shifted:
            yield InputEvent(KEY, ecodes.KEY_LEFTSHIFT, 0)
    yield from (InputEvent(KEY, ecodes.KEY_ENTER, 1), InputEvent(KEY, ecodes.KEY_ENTER, 0))
