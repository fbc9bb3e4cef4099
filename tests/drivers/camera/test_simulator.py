"""The camera's simulator refuses what it cannot show."""

import io
from random import Random

import numpy as np
import pytest

from drivers.camera.simulator import CameraSimulator
from drivers.simulation import Reporter

PICTURE = np.zeros((90, 160, 3), np.uint8)


@pytest.fixture
def simulator():
    made = CameraSimulator(
        Reporter(io.StringIO(), enabled=True), 24.0, lambda _: iter([PICTURE]),
        lambda _: {"nod": [PICTURE]}, Random(1),
    )
    yield made
    made._server.server_close()


def test_a_movement_that_nobody_there_can_make_is_refused_with_those_they_can(simulator):
    simulator.show("li-xiulan")
    with pytest.raises(ValueError, match="unknown movement 'jump'; known: nod"):
        simulator.obey({"do": "ask", "movement": "jump"})
    simulator.obey({"do": "ask", "movement": "nod"})


def test_an_empty_room_does_not_move(simulator):
    simulator.show(None)
    simulator.obey({"do": "ask", "movement": "nod"})


def test_what_is_no_picture_is_not_held(simulator, tmp_path):
    with pytest.raises(ValueError, match="is no picture"):
        simulator.obey({"do": "hold", "picture": str(tmp_path / "none.png")})
