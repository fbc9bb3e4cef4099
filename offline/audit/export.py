"""The audit as a file that can be verified anywhere, by anybody who has the terminal's key.

Lines, each ended by a newline: a header (`h`), records (`r`, the hash in hex, the record),
checkpoints (`c`) after the record that they sign, and one closing checkpoint (`e`) that is
signed for this export. A file without the last one was cut off.
"""

from collections.abc import Callable
from typing import BinaryIO

from offline.audit.chain import canonical
from offline.audit.checkpoint import EXPORT, Checkpoint, Sign, kept, sign_head
from offline.audit.log import find_head, records
from offline.transaction import Reads

FORMAT = "tongban-audit-1"


def export(
    txn: Reads, sign: Sign, out: BinaryIO, progress: Callable[[int], None] | None = None
) -> int:
    """Write the chain; how many records. `progress` is told after every record.

    Raises ValueError where there is no chain yet.
    """
    head = find_head(txn)
    if head is None:
        raise ValueError("the store has no audit yet")
    closing = sign_head(txn, head, sign, EXPORT)
    checkpoints = {one.number: one for one in kept(txn)}
    header = {
        "format": FORMAT, "kiosk": closing.kiosk, "chain": closing.chain,
        "exported_at": closing.at,
    }
    out.write(b"h " + canonical(header) + b"\n")
    count, anchored = 0, False
    for number, hash_, content in records(txn):
        if not anchored and number - 1 in checkpoints:
            _write(out, b"c", checkpoints[number - 1])
        anchored = True
        out.write(b"r " + hash_.hex().encode() + b" " + content + b"\n")
        if number in checkpoints:
            _write(out, b"c", checkpoints[number])
        count += 1
        if progress is not None:
            progress(count)
    _write(out, b"e", closing)
    return count


def _write(out: BinaryIO, mark: bytes, checkpoint: Checkpoint) -> None:
    out.write(mark + b" " + canonical(checkpoint.as_json()) + b"\n")
