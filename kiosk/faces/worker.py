"""The worker's side: find, encode, compare with face_recognition (dlib).

The reference of the visit is kept here as a measure. Neither it nor any other measure ever
leaves this process, which ends with the visit.
"""

import warnings

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.faces.port import Box, Picture
from kiosk.worker import Answer, Call, Fields, Refusal

with warnings.catch_warnings():
    # face_recognition_models asks pkg_resources for its files; setuptools is pinned.
    warnings.simplefilter("ignore")
    import face_recognition

SMALL = 400
"""A reference whose height is below this is enlarged before a face is looked for."""

JITTER = ((0.0, 0.0), (0.04, 0.0), (-0.04, 0.0), (0.0, 0.06), (0.0, -0.06))
"""How boxes are moved and enlarged before landmarks are looked for."""

EYE_REACH = 0.45
"""How far around an eye's middle is looked, up and down, in widths of the eye."""

_reference: list[npt.NDArray[np.float64]] = []


def locate(picture: Picture, enlarge: int = 1) -> list[Box]:
    """The faces in a picture (grey or red-green-blue).

    The detector finds faces of 80 pixels; `enlarge` doubles the picture so often before.
    """
    found = face_recognition.face_locations(picture, number_of_times_to_upsample=enlarge)
    return [Box(*place) for place in found]


def measure(picture: Picture, box: Box) -> npt.NDArray[np.float64]:
    """The measure of the face in a box of a red-green-blue picture: 128 numbers."""
    place = (box.top, box.right, box.bottom, box.left)
    found = face_recognition.face_encodings(picture, known_face_locations=[place])
    return np.asarray(found[0], np.float64)


def measure_reference(picture: Picture) -> npt.NDArray[np.float64]:
    """The measure of the one face in a reference picture. Raises Refusal."""
    if picture.shape[0] < SMALL:
        factor = SMALL / picture.shape[0]
        picture = np.asarray(
            cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC),
            np.uint8,
        )
    boxes = locate(picture, enlarge=0) or locate(picture)
    if len(boxes) != 1:
        raise Refusal("no_face", f"{len(boxes)} faces in the reference picture")
    return measure(picture, boxes[0])


def _load(fields: Fields, blobs: list[bytes]) -> Answer:
    """Nothing but being there: importing this module has loaded the models."""
    return {}, []


def _refer_to_pixels(fields: Fields, blobs: list[bytes]) -> Answer:
    """Take a decoded picture as the reference: fields `height`, `width`, one blob."""
    shape = fields["height"], fields["width"], 3
    _reference[:] = [measure_reference(np.frombuffer(blobs[0], np.uint8).reshape(shape))]
    return {}, []


def _refer_to_picture(fields: Fields, blobs: list[bytes]) -> Answer:
    """Take an encoded picture (PNG, JPEG) as the reference: one blob."""
    _reference[:] = [measure_reference(decode_picture(blobs[0]))]
    return {}, []


def decode_picture(raw: bytes) -> Picture:
    """A red-green-blue picture from an image file's bytes. Raises Refusal."""
    decoded = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise Refusal("bad_photo", "not a picture")
    return np.ascontiguousarray(decoded[:, :, ::-1], np.uint8)


def _find(fields: Fields, blobs: list[bytes]) -> Answer:
    """Boxes of the faces in a grey picture: fields `height`, `width`, one blob."""
    picture = np.frombuffer(blobs[0], np.uint8).reshape(fields["height"], fields["width"])
    found = [[b.top, b.right, b.bottom, b.left] for b in locate(picture)]
    return {"boxes": found}, []


def _compare(fields: Fields, blobs: list[bytes]) -> Answer:
    """Distance of a face to the reference: fields `height`, `width`, `box`, one blob."""
    if not _reference:
        raise Refusal("no_reference")
    shape = fields["height"], fields["width"], 3
    picture = np.frombuffer(blobs[0], np.uint8).reshape(shape)
    face = measure(picture, Box(*fields["box"]))
    return {"distance": float(np.linalg.norm(face - _reference[0]))}, []


def _landmarks(fields: Fields, blobs: list[bytes]) -> Answer:
    """Eyes and turn of a face: fields `height`, `width`, `box`, one blob.

    What the two numbers are is said in `kiosk.faces.liveness.Measure`.
    """
    shape = fields["height"], fields["width"], 3
    picture = np.frombuffer(blobs[0], np.uint8).reshape(shape)
    opening, turn = look_at(picture, Box(*fields["box"]))
    return {"opening": opening, "turn": turn}, []


def look_at(picture: Picture, box: Box) -> tuple[float, float]:
    """How far the eyes are open, and where the nose is, in a red-green-blue picture.

    Landmarks depend a little on the box they start from: several boxes are tried and
    the middle of what they say is taken.
    """
    found = [_measures(picture, jittered(box, *shift)) for shift in JITTER]
    opening, turn = np.median(np.array(found), axis=0)
    return float(opening), float(turn)


def jittered(box: Box, aside: float, larger: float) -> Box:
    """A box moved aside and enlarged by parts of its height."""
    shift, grow = round(aside * box.height), round(larger * box.height)
    return Box(box.top - grow, box.right + shift + grow, box.bottom + grow, box.left + shift - grow)


def _measures(picture: Picture, box: Box) -> tuple[float, float]:
    place = (box.top, box.right, box.bottom, box.left)
    marks = face_recognition.face_landmarks(picture, [place])[0]
    eyes = [np.array(marks[side]) for side in ("left_eye", "right_eye")]
    heights = [float(eye[4:6, 1].sum() - eye[1:3, 1].sum()) / 2 for eye in eyes]
    chin, root, tip = marks["chin"], marks["nose_bridge"][0], marks["nose_tip"][2]
    opening = sum(heights) / 2 / max(1, chin[8][1] - root[1])
    contrast = sum(_contrast(picture, eye) for eye in eyes) / 2
    turn = (tip[0] - chin[0][0]) / max(1, chin[16][0] - chin[0][0])
    return opening * contrast, turn


def _contrast(picture: Picture, eye: npt.NDArray[np.int_]) -> float:
    """Range of brightness around an eye: white and iris, or nothing but a lid."""
    left, right, middle = int(eye[:, 0].min()), int(eye[:, 0].max()), float(eye[:, 1].mean())
    reach = max(1, round((right - left) * EYE_REACH))
    top = max(0, round(middle) - reach)
    around = picture[top : round(middle) + reach, max(0, left) : right].mean(axis=2)
    if not around.size:
        return 0.0
    dark, usual, light = np.percentile(around, (5, 50, 98))
    return float((light - dark) / max(1.0, usual))


CALLS: dict[str, Call] = {
    "load": _load,
    "refer_to_pixels": _refer_to_pixels,
    "refer_to_picture": _refer_to_picture,
    "find": _find,
    "compare": _compare,
    "landmarks": _landmarks,
}

