"""What a camera's source is called, and the MJPEG stream that a network camera sends."""

from dataclasses import dataclass
from enum import StrEnum

BOUNDARY = "frame"
CONTENT_TYPE = f"multipart/x-mixed-replace; boundary={BOUNDARY}"


class SourceKind(StrEnum):
    """Kinds of source a camera can be."""

    DEVICE = "device"
    STREAM = "stream"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from: a V4L2 index, a stream's address, or a file."""

    kind: SourceKind
    place: str

    @property
    def target(self) -> int | str:
        """What OpenCV is told to open."""
        return int(self.place) if self.kind is SourceKind.DEVICE else self.place


def parse_source(text: str) -> Source:
    """A source from its name: `0`, `/dev/video0`, `http://…`, `rtsp://…` or a path.

    Raises ValueError for an empty name.
    """
    if not text:
        raise ValueError("a camera needs a source: a number, an address or a file")
    device = text.removeprefix("/dev/video")
    if device.isascii() and device.isdigit():
        return Source(SourceKind.DEVICE, device)
    if text.startswith(("http://", "https://", "rtsp://")):
        return Source(SourceKind.STREAM, text)
    return Source(SourceKind.FILE, text)


def mjpeg_part(jpeg: bytes) -> bytes:
    """One picture as a part of an MJPEG stream."""
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode("ascii") + jpeg + b"\r\n"
