"""What the camera sees: a face, the code of a printed copy, the code on a phone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from random import Random

from drivers.camera.port import Frame, Picture
from drivers.device import DeviceFailure, Status
from kiosk.errors import Failure
from kiosk.faces.liveness import Doubt
from kiosk.faces.port import Hint
from kiosk.faces.service import FrameSlot
from kiosk.limits.attempts import Kind
from kiosk.printing.pipeline import as_failure
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.work.desk import Desk, attempt

log = logging.getLogger(__name__)

SILENT_SECONDS = 5.0
"""A camera that sends nothing for so long, once it is open, is at fault."""


TRIED = frozenset({
    Reason.FACE_NOT_FOUND, Reason.FACE_MISMATCH, Reason.NOT_LIVE, Reason.SEVERAL_FACES,
    Reason.TIMEOUT,
})
"""How a comparison that was really made fails; anything else is the terminal's own fault."""


def code_in(picture: Picture, kind: "CodeKind") -> str | None:
    """The text of a code in a camera's picture, or None; for a thread.

    Loaded when the first code is held up: its libraries take 6 MB that most visits never need.
    """
    from kiosk.certificates.proof import scan

    return scan.code_in(picture) if kind is CodeKind.PAPER else scan.code_in(picture, bool)


class CodeKind(Enum):
    """What is held before the camera."""

    PAPER = "paper"
    """A printed copy: other codes on it are passed over."""
    PHONE = "phone"
    """A phone: whatever it shows."""


class Looking:
    """Uses the camera, and lets it rest when the look is over."""

    def __init__(self, desk: Desk, chance: Random) -> None:
        """`chance` puts the movements that are asked for in an order that nobody knows."""
        self._desk = desk
        self._chance = chance

    async def compare_face(self) -> None:
        """Find the face, compare it with the document's, and send what came of it."""
        parts, document = self._desk.parts, self._desk.visit.document
        assert document is not None
        await self._try(lambda: parts.faces.prepare(
            document.photo, lambda: parts.identity.face_reference(document)
        ))

    async def compare_with(self, picture: bytes, reference: str) -> None:
        """The same with a picture that is here; what it is called."""
        await self._try(lambda: self._desk.parts.faces.refer_to(picture, reference))

    async def _try(self, prepare: Callable[[], Awaitable[str]]) -> None:
        """Count an attempt, make it, and send what came of it."""
        try:
            begun = await self._desk.begin_attempt(Kind.FACE)
        except Failure as failure:
            log.info("face: %s", failure)
            self._desk.send(ev.FaceFailed(failure.reason))
            return
        try:
            event = await self._compare(prepare)
        except asyncio.CancelledError:
            # Whoever goes away has had the attempt; whose camera went away has not.
            if not self._sees():
                self._desk.parts.attempts.take_back(begun)
            raise
        except Exception:
            self._desk.parts.attempts.take_back(begun)
            raise
        if isinstance(event, ev.FaceMatched) or event.reason not in TRIED:
            self._desk.parts.attempts.take_back(begun)
        self._desk.send(event)

    async def _compare(
        self, prepare: Callable[[], Awaitable[str]]
    ) -> ev.FaceMatched | ev.FaceFailed:
        """What comes of a comparison."""
        parts, visit = self._desk.parts, self._desk.visit
        try:
            await parts.camera.open()
            with self._watching() as slot:
                reference = await prepare()
                verdict = await parts.faces.confirm(slot, reference, self._show, self._chance)
        except (Failure, DeviceFailure) as failure:
            known = _known(failure)
            log.info("face: %s", known)
            return ev.FaceFailed(known.reason if self._sees() else Reason.CAMERA_FAULT)
        if not (verdict.same and verdict.live):
            log.info("face: %s", verdict.doubt)
            other = verdict.doubt is Doubt.ANOTHER_FACE
            reason = Reason.FACE_MISMATCH if other else Reason.NOT_LIVE
            return ev.FaceFailed(reason)
        visit.face_reference, visit.face_live = verdict.reference, True
        return ev.FaceMatched(verdict.reference)

    def _sees(self) -> bool:
        return self._desk.parts.camera.status.value is Status.ONLINE

    async def judge_paper(self) -> None:
        """Look for the code of a printed copy, judge it, and send the verdict."""
        visit = self._desk.visit
        visit.paper = None
        try:
            text = await self.wait_for_code(CodeKind.PAPER, _anything)
            visit.paper = await self._desk.parts.documents.judge_code(text)
        except Failure as failure:
            log.info("a printed copy: %s", failure)
            self._desk.send(ev.PaperFailed(failure.reason))
            return
        self._desk.send(ev.PaperJudged(str(visit.paper["verdict"])))

    async def wait_for_code(
        self, kind: CodeKind, wanted: Callable[[str], Awaitable[bool]]
    ) -> str:
        """The text of the first code before the camera that is wanted. Raises Failure.

        CAMERA_FAULT where the camera sends no more pictures.
        """
        try:
            await self._desk.parts.camera.open()
            with self._watching() as slot:
                while True:
                    picture = await slot.take_within(SILENT_SECONDS)
                    if picture is None:
                        raise Failure(Reason.CAMERA_FAULT, "the camera sends no pictures")
                    text = await asyncio.to_thread(code_in, picture, kind)
                    if text is not None and await wanted(text):
                        break
        except DeviceFailure as failure:
            raise as_failure(failure) from failure
        return text

    def rest(self) -> None:
        """The camera looks at nobody longer than it must."""
        self._desk.afterwards(attempt(self._desk.parts.camera.stop()))

    @contextmanager
    def _watching(self) -> Iterator[FrameSlot]:
        """Have the camera's pictures, for the screen and for the work, while this lasts."""
        camera, visit = self._desk.parts.camera, self._desk.visit
        slot = FrameSlot(asyncio.get_running_loop())

        def see(frame: Frame) -> None:
            """A new picture; in the camera's thread."""
            visit.live = frame.picture
            slot.put(frame.picture)

        camera.observe(see)
        try:
            yield slot
        finally:
            camera.observe(None)
            visit.live = visit.hint = None
            self.rest()

    def _show(self, hint: Hint) -> None:
        self._desk.visit.hint = hint


async def _anything(text: str) -> bool:
    return bool(text)


def _known(failure: Failure | DeviceFailure) -> Failure:
    return as_failure(failure) if isinstance(failure, DeviceFailure) else failure
