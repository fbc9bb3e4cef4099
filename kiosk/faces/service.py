"""Who is before the camera, as the visit asks: frames in, one verdict or one reason out.

Frames come from the camera's thread; of those, only the newest that has not been looked
at is. Each is reduced and searched for a face. While the person looks straight, the
face is compared and its usual measures are taken from the same frames; then movements
are asked for; at the end the face is compared once more.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from random import Random

from kiosk.errors import Failure
from kiosk.faces.find import REDUCTION, cut_out, judge, reduce
from kiosk.faces.liveness import Ask, Doubt, Liveness, Measure
from kiosk.faces.matching import Matching
from kiosk.faces.photo import PhotoDecoder
from kiosk.faces.port import Box, Hint, Picture, Verdict
from kiosk.reasons import Reason
from kiosk.worker import Answer, Refusal, Worker, WorkerFault

log = logging.getLogger(__name__)

SEARCH_SECONDS = 20.0
"""How long a usable face is waited for."""

HINT_OF_ASK = {
    None: Hint.HOLD_STILL,
    Ask.SHUT_EYES: Hint.SHUT_EYES,
    Ask.TURN_LEFT: Hint.TURN_LEFT,
    Ask.TURN_RIGHT: Hint.TURN_RIGHT,
}
"""What the person is told while being asked."""


class FrameSlot:
    """Holds the newest frame between the camera's thread and the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._picture: Picture | None = None
        self._came = asyncio.Event()

    def put(self, picture: Picture) -> None:
        """A new frame; for the camera's thread."""
        self._picture = picture
        self._loop.call_soon_threadsafe(self._came.set)

    async def take(self) -> Picture:
        """The newest frame that was not taken yet."""
        await self._came.wait()
        self._came.clear()
        picture, self._picture = self._picture, None
        if picture is None:
            return await self.take()
        return picture

    async def take_within(self, seconds: float) -> Picture | None:
        """The newest frame that was not taken yet; None where none comes in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self.take()
        except TimeoutError:
            return None


class FaceService:
    """Compares the person before the camera with the document's picture."""

    def __init__(
        self, worker: Worker, threshold: float, photo_decoder: PhotoDecoder | None = None
    ) -> None:
        self._worker = worker
        self._threshold = threshold
        self._decoder = photo_decoder

    async def load(self) -> None:
        """Start the worker and load its models. Raises Failure."""
        await self._call("load", {}, [])

    async def warm_up(self) -> None:
        """Start what decodes a chip's photo, before there is one. Raises Failure."""
        if self._decoder is not None:
            try:
                await self._decoder.warm_up()
            except (Refusal, WorkerFault) as trouble:
                raise Failure(Reason.FACE_FAULT, f"the photo decoder: {trouble}") from trouble

    async def prepare(self, photo: bytes, ask: Callable[[], Awaitable[bytes]]) -> str:
        """Take a reference: the chip's photo, else what `ask` fetches; which it was.

        Raises Failure where there is none.
        """
        if self._decoder is not None and photo:
            try:
                width, height, colours = await self._decoder.decode(photo)
                size: dict[str, object] = {"width": width, "height": height}
                await self._call("refer_to_pixels", size, [colours])
            except (Refusal, WorkerFault) as trouble:
                # An unreadable chip photo: the platform's picture serves instead.
                log.warning("the chip's photo was not decoded: %s", trouble)
            else:
                return "chip_photo"
        return await self.refer_to(await ask(), "platform")

    async def refer_to(self, picture: bytes, name: str) -> str:
        """Take a picture (PNG or JPEG) as the reference; its name again. Raises Failure."""
        try:
            await self._call("refer_to_picture", {}, [picture])
        except Refusal as refusal:
            raise Failure(Reason.PHOTO_UNAVAILABLE, str(refusal)) from refusal
        return name

    async def confirm(
        self,
        frames: FrameSlot,
        reference: str,
        show: Callable[[Hint], None],
        chance: Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> Verdict:
        """Whether the person is the reference's, and living. Raises Failure.

        `show` gets every hint, as soon as it holds. Who is somebody else is asked nothing.
        Raises Failure where no usable face comes, or faces cannot be compared.
        """
        matching = Matching(self._threshold)
        questions = await self._meet(frames, matching, chance, show, clock)
        if not matching.same:
            return Verdict(False, matching.distance, reference, doubt=Doubt.ANOTHER_FACE)
        doubt = await self._question(frames, questions, show, clock)
        return Verdict(True, matching.distance, reference, doubt is None, doubt)

    async def _meet(
        self,
        frames: FrameSlot,
        matching: Matching,
        chance: Random,
        show: Callable[[Hint], None],
        clock: Callable[[], float],
    ) -> Liveness:
        """Compare the straight face while its usual measures are taken.

        Gives the questions to go on with. Until something was asked, who turned away or
        did not keep still begins anew. Raises Failure.
        """
        until, several = clock() + SEARCH_SECONDS, 0
        questions = Liveness(chance)
        while matching.same is None or (matching.same and not questions.settled):
            picture = await frames.take_within(until - clock())
            if picture is None:
                break
            at = clock()
            small = await asyncio.to_thread(reduce, picture)
            boxes = await self._find(small)
            hint = judge(boxes, small)
            several += hint is Hint.SEVERAL
            show(hint)
            box = boxes[0].scaled(REDUCTION) if hint is Hint.GOOD else None
            if box is None:
                matching.interrupt()
            elif matching.same is None:
                matching.feed(await self._distance(picture, box))
            if not questions.settled:
                questions.feed(await self._measure(picture, box) if box else None, at)
            if questions.over:
                questions = Liveness(chance)
        if matching.same is None and not matching.mismatches:
            reason = Reason.SEVERAL_FACES if several > 5 else Reason.FACE_NOT_FOUND
            raise Failure(reason, f"no usable face in {SEARCH_SECONDS:g} s")
        return questions

    async def _question(
        self,
        frames: FrameSlot,
        questions: Liveness,
        show: Callable[[Hint], None],
        clock: Callable[[], float],
    ) -> Doubt | None:
        """Ask for movements until there is an outcome: None, or why not. Raises Failure.

        The face is followed through frames in which it is not found, as with eyes shut;
        at the end it is compared with the reference once more.
        """
        box: Box | None = None
        picture: Picture | None = None
        while not questions.over:
            show(HINT_OF_ASK[questions.ask])
            picture = await frames.take_within(questions.limits.lost)
            if picture is None:
                raise Failure(Reason.CAMERA_FAULT, "pictures ceased to come")
            at = clock()
            boxes = await self._find(await asyncio.to_thread(reduce, picture))
            if len(boxes) == 1:
                box = boxes[0].scaled(REDUCTION)
            seen = box if len(boxes) <= 1 else None
            questions.feed(await self._measure(picture, seen) if seen else None, at)
        if questions.doubt is not None or picture is None or box is None:
            return questions.doubt
        same = await self._distance(picture, box) < self._threshold
        return None if same else Doubt.ANOTHER_FACE

    async def _measure(self, picture: Picture, box: Box) -> Measure:
        part, inside = cut_out(picture, box)
        place = [inside.top, inside.right, inside.bottom, inside.left]
        fields = {"height": part.shape[0], "width": part.shape[1], "box": place}
        answer, _ = await self._call("landmarks", fields, [part.tobytes()])
        return Measure(float(answer["opening"]), float(answer["turn"]))

    async def forget(self) -> None:
        """End all that has seen a face: what a process held goes with it."""
        if self._decoder is not None:
            await self._decoder.stop()
        await self._worker.stop()

    async def _find(self, small: Picture) -> list[Box]:
        height, width = small.shape
        fields = {"height": height, "width": width}
        answer, _ = await self._call("find", fields, [small.tobytes()])
        return [Box(*box) for box in answer["boxes"]]

    async def _distance(self, picture: Picture, box: Box) -> float:
        part, inside = cut_out(picture, box)
        place = [inside.top, inside.right, inside.bottom, inside.left]
        fields = {"height": part.shape[0], "width": part.shape[1], "box": place}
        answer, _ = await self._call("compare", fields, [part.tobytes()])
        return float(answer["distance"])

    async def _call(
        self, name: str, fields: dict[str, object], blobs: list[bytes]
    ) -> Answer:
        try:
            return await self._worker.call(name, fields, blobs)
        except WorkerFault as fault:
            raise Failure(Reason.FACE_FAULT, str(fault)) from fault
