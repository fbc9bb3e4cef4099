"""Colours and sizes. Lengths are millimetres; contrast of text is at least 10 to 1.

Type: 8.6 mm is the least, whose capitals are 6.3 mm high: legible at half a metre
(EN 301 549, 5.1.4). Targets: 20 mm is the least (docs/accessibility.md).
"""

Colour = tuple[float, float, float, float]


def colour(hexadecimal: str) -> Colour:
    """A colour from `#rrggbb`."""
    parts = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = parts
    return red, green, blue, 1.0


PAPER = colour("#f3f6fa")
CARD = colour("#ffffff")
BORDER = colour("#b9c7d8")
NAVY = colour("#0a2f5c")
"""Header, primary buttons: white on it has 13 to 1."""
PRESSED = colour("#062044")
INK = colour("#0c1f36")
SOFT_INK = colour("#2b3b4f")
PALE = colour("#dfe8f3")
ACCENT = colour("#b3261e")
GREEN = colour("#0f5132")
PALE_GREEN = colour("#e3f2e8")
PALE_RED = colour("#fbe9e7")
WHITE = colour("#ffffff")
SHADE = (0.03, 0.08, 0.15, 0.72)

HUGE = 22.0
TITLE = 16.0
LARGE = 12.5
BODY = 10.0
SMALL = 8.6
SIZES = (HUGE, TITLE, LARGE, BODY, SMALL)

MARGIN = 16.0
GAP = 8.0
TARGET = 20.0
DOCK_MM = 124.0
RADIUS = 4.0
