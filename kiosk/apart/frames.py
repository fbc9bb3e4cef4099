"""Pictures from one process to another: a ring of slots in shared memory.

The camera's process copies a picture into a free slot, once, and tells its number; the
terminal looks at it there, without a copy, and the slot is free again when nobody holds
the picture any more. Where all slots are held, pictures are passed over: what is seen is
always now. The memory has a fixed size that neither side can change (memfd_create(2),
F_SEAL_SHRINK), so that a broken process cannot take away what the other is looking at;
it has no name, and is gone with its last holder.
"""

import fcntl
import mmap
import os
import weakref

import numpy as np

from drivers.camera.port import Picture

SLOTS = 6
"""Held at once are the screen's picture, the one that is looked at, and one waiting."""
SLOT_BYTES = 3 * 3840 * 2160
"""The largest picture; memory is only taken for what is written."""
STATES = mmap.PAGESIZE
"""The first page says of each slot whether it is held."""
FREE, HELD = 0, 1
SIZE = STATES + SLOTS * SLOT_BYTES


class NoSuchPicture(ValueError):
    """A slot or a shape that cannot be."""


def make_ring() -> int:
    """A file descriptor of a new ring; whoever gets it closes it. Raises OSError."""
    descriptor = os.memfd_create("pictures", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, SIZE)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


class FrameRing:
    """One side's view of a ring."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is the ring's; it stays the caller's. Raises OSError."""
        self._memory = mmap.mmap(descriptor, SIZE)

    def put(self, picture: Picture) -> int | None:
        """Copy a picture into a free slot; its number, or None where all are held.

        Raises NoSuchPicture for one that is too large or has no three colours.
        """
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.nbytes > SLOT_BYTES:
            raise NoSuchPicture(f"{picture.dtype} of shape {picture.shape}")
        slot = next((n for n in range(SLOTS) if self._memory[n] == FREE), None)
        if slot is not None:
            self._memory[slot] = HELD
            np.copyto(self._at(slot, picture.size).reshape(picture.shape), picture)
        return slot

    def picture(self, slot: int, height: int, width: int) -> Picture:
        """The picture in a slot, which stays held as long as anything looks at it.

        Raises NoSuchPicture.
        """
        if not (0 <= slot < SLOTS and height > 0 and width > 0):
            raise NoSuchPicture(f"slot {slot}, {width}x{height}")
        if height * width * 3 > SLOT_BYTES:
            raise NoSuchPicture(f"{width}x{height} is too large")
        flat = self._at(slot, height * width * 3)
        flat.flags.writeable = False
        # Every view of it keeps `flat`, and what keeps `flat` keeps the memory.
        weakref.finalize(flat, self.free, slot).atexit = False
        return flat.reshape(height, width, 3)

    def free(self, slot: int) -> None:
        """Let a slot be used again. Raises NoSuchPicture."""
        if not 0 <= slot < SLOTS:
            raise NoSuchPicture(f"slot {slot}")
        self._memory[slot] = FREE

    def clear(self) -> None:
        """Give back the memory of all pictures: who still looks at one sees black.

        (madvise(2), MADV_REMOVE.) For when the other side has ended.
        """
        self._memory.madvise(mmap.MADV_REMOVE, STATES, SIZE - STATES)

    def _at(self, slot: int, size: int) -> Picture:
        return np.frombuffer(self._memory, np.uint8, size, STATES + slot * SLOT_BYTES)
