"""OFD (GB/T 33190): reads, verifies and draws; knows nothing of the kiosk.

Open a file with `OfdFile`, judge it with `verify`, draw it with `render_page` or
`render_pdf`. Files from outside are opened in a limited process only.
"""

from kiosk.ofd.document import OfdFile
from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.render import Raster, Stamp, render_page, render_pdf
from kiosk.ofd.stamps import read_stamps
from kiosk.ofd.verify import Checked, Verified, verify

__all__ = [
    "Checked",
    "OfdError",
    "OfdFile",
    "OfdReason",
    "Raster",
    "Stamp",
    "Verified",
    "read_stamps",
    "render_page",
    "render_pdf",
    "verify",
]
