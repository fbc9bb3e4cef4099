"""Base45 (RFC 9285): bytes as the characters that a QR code packs best."""

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUES = {character: value for value, character in enumerate(CHARACTERS)}
BASE = len(CHARACTERS)


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError for what no encoder writes."""
    try:
        values = [VALUES[character] for character in text]
    except KeyError as error:
        raise ValueError(f"no character of Base45: {error}") from error
    out = bytearray()
    for place in range(0, len(values), 3):
        group = values[place : place + 3]
        if len(group) == 1:
            raise ValueError("one character too many")
        number = sum(value * BASE**power for power, value in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            raise ValueError(f"a group beyond {size} bytes")
        out += number.to_bytes(size, "big")
    return bytes(out)
