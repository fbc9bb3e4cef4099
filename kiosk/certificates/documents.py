"""The documents of a visit: what the visit asks of the limited worker process."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from drivers.receipt_printer.port import Line, Raster
from kiosk.certificates.metadata import read_elements
from kiosk.certificates.port import Annotation, CheckedFile, Page
from kiosk.errors import Failure
from kiosk.printing.port import Receipt
from kiosk.reasons import Reason
from kiosk.worker import Answer, Fields, Refusal, Worker, WorkerFault

REASONS = {
    "altered": Reason.CERTIFICATE_ALTERED,
    "untrusted": Reason.CERTIFICATE_UNTRUSTED,
    "unsigned": Reason.CERTIFICATE_UNSIGNED,
    "unreadable": Reason.CERTIFICATE_UNREADABLE,
}


class DocumentService:
    """Verifies, draws and prepares documents, in a process of its own."""

    def __init__(self, worker: Worker, trust: Path, papers: Path | None = None) -> None:
        """`papers`: the folder with the lists by which printed copies are judged."""
        self._worker = worker
        self._trust = str(trust)
        self._papers = str(papers or trust)

    async def warm_up(self) -> None:
        """Start the worker before it is needed. Raises Failure."""
        await self._call("warm_up", {"trust": self._trust}, [])

    async def check(self, document: bytes) -> CheckedFile:
        """Verify a certificate's file and draw its first page. Raises Failure."""
        fields, blobs = await self._call("check", {"trust": self._trust}, [document])
        preview = Page(fields["width"], fields["height"], blobs[0])
        metadata = read_elements(fields["elements"])
        return CheckedFile(
            document, fields["pages"], fields["signer"], blobs[1], metadata, preview
        )

    async def prepare(self, document: bytes, annotation: Annotation) -> tuple[bytes, int]:
        """The document to print and its pages. Raises Failure."""
        fields, blobs = await self._call("prepare", asdict(annotation), [document])
        return blobs[0], int(fields["pages"])

    async def receipt(self, receipt: Receipt, dots: int) -> Raster:
        """A receipt as dots. Raises Failure."""
        return await self._dots("receipt", {"receipt": asdict(receipt)}, dots)

    async def lines(self, lines: Iterable[Line], dots: int) -> Raster:
        """Lines as dots, for a printer that cannot write them. Raises Failure."""
        return await self._dots("lines", {"lines": [asdict(line) for line in lines]}, dots)

    async def _dots(self, name: str, what: Fields, dots: int) -> Raster:
        fields, blobs = await self._call(name, {**what, "dots": dots}, [])
        packed = np.frombuffer(blobs[0], np.uint8).reshape(fields["rows"], -1)
        return np.unpackbits(packed, axis=1)[:, :dots].astype(np.bool_)

    async def judge_code(self, text: str) -> Fields:
        """What the code of a printed copy says, and what it is worth. Raises Failure.

        NETWORK where there are no lists yet: they come with the first line to the platform.
        """
        request = {"trust": self._trust, "lists": self._papers, "text": text}
        try:
            fields, _ = await self._worker.call("judge_code", request)
        except Refusal as refusal:
            raise Failure(Reason.NETWORK, refusal.detail) from refusal
        except WorkerFault as fault:
            raise Failure(Reason.TERMINAL_FAULT, str(fault)) from fault
        return fields

    async def stop(self) -> None:
        """End the worker: the next visit gets a fresh one, which has seen nothing."""
        await self._worker.stop()

    async def _call(self, name: str, fields: Fields, blobs: list[bytes]) -> Answer:
        try:
            return await self._worker.call(name, fields, blobs)
        except Refusal as refusal:
            reason = REASONS.get(refusal.kind, Reason.CERTIFICATE_UNREADABLE)
            raise Failure(reason, refusal.detail) from refusal
        except WorkerFault as fault:
            raise Failure(Reason.CERTIFICATE_UNREADABLE, str(fault)) from fault
