"""Scanners on a line, with the scanner in another process."""

import asyncio

import cv2
import numpy as np
import pytest
import zxingcpp

from drivers.camera.driver import OpenCvCamera
from drivers.camera.protocol import parse_source
from drivers.device import DeviceFailure, FailureReason, Status
from drivers.qrscanner.driver import CameraScanner, decode_picture, open_scanner
from tests.conftest import last_json, run_module

MODES = ("serial", "keyboard")
CODE = "https://example.test/c?id=1199-A_b"


async def next_code(scanner, simulator, text: str) -> str:
    waiting = asyncio.create_task(scanner.wait_for_code())
    await asyncio.sleep(0.2)
    simulator.order("scan", text=text)
    return (await asyncio.wait_for(waiting, 5)).text


@pytest.mark.parametrize("mode", MODES)
async def test_one_code_after_the_other_is_read(simulate, mode):
    simulator = simulate("drivers.qrscanner", "--mode", mode)
    scanner = open_scanner(simulator.address)
    await scanner.open()
    for text in (CODE, "second"):
        assert await next_code(scanner, simulator, text) == text
    scanner.close()


@pytest.mark.parametrize("mode", MODES)
async def test_what_was_scanned_before_anybody_asked_is_forgotten(simulate, mode):
    simulator = simulate("drivers.qrscanner", "--mode", mode)
    scanner = open_scanner(simulator.address)
    await scanner.open()
    simulator.order("scan", text="somebody elses")
    await asyncio.sleep(0.2)
    assert await next_code(scanner, simulator, "mine") == "mine"
    scanner.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", ["split", "late"])
async def test_a_slow_line_is_waited_for(simulate, mode, fault):
    simulator = simulate("drivers.qrscanner", "--mode", mode, "--fault", fault)
    scanner = open_scanner(simulator.address)
    await scanner.open()
    assert await next_code(scanner, simulator, CODE) == CODE
    scanner.close()


async def test_noise_before_a_code_is_not_the_code(simulate):
    simulator = simulate("drivers.qrscanner", "--fault", "noise")
    scanner = open_scanner(simulator.address)
    await scanner.open()
    assert await next_code(scanner, simulator, CODE) == CODE
    scanner.close()


@pytest.mark.parametrize("mode", MODES)
async def test_a_scanner_pulled_out_in_the_middle_is_told_and_opens_again(simulate, mode):
    simulator = simulate("drivers.qrscanner", "--mode", mode)
    scanner = open_scanner(simulator.address)
    await scanner.open()
    waiting = asyncio.create_task(scanner.wait_for_code())
    await asyncio.sleep(0.2)
    simulator.order("fault", name="power_cut")
    simulator.order("scan", text=CODE)
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(waiting, 5)
    assert caught.value.reason is FailureReason.SCANNER_FAULT
    assert scanner.status.value is Status.NO_DEVICE
    simulator.order("plug")
    await scanner.open()
    assert await next_code(scanner, simulator, CODE) == CODE
    scanner.close()


async def test_a_doubled_byte_is_part_of_the_code_as_it_was_sent(simulate):
    simulator = simulate("drivers.qrscanner", "--fault", "doubled")
    scanner = open_scanner(simulator.address)
    await scanner.open()
    assert await next_code(scanner, simulator, "abc") == "abcc"
    scanner.close()


async def test_a_code_without_its_end_is_not_given_out_and_the_next_is_whole(simulate):
    simulator = simulate("drivers.qrscanner", "--fault", "no_end")
    scanner = open_scanner(simulator.address)
    await scanner.open()
    simulator.order("scan", text="half")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(scanner.wait_for_code(), 0.4)
    simulator.order("clear")
    assert await next_code(scanner, simulator, "whole") == "whole"
    scanner.close()


async def test_a_scanner_that_is_gone_fails_its_sign_of_life(simulate):
    simulator = simulate("drivers.qrscanner")
    scanner = open_scanner(simulator.address)
    await scanner.open()
    await scanner.check()
    simulator.order("unplug")
    with pytest.raises(DeviceFailure):
        await scanner.check()
    scanner.close()


async def test_giving_up_waiting_leaves_the_scanner_usable(simulate):
    simulator = simulate("drivers.qrscanner")
    scanner = open_scanner(simulator.address)
    await scanner.open()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(scanner.wait_for_code(), 0.2)
    assert await next_code(scanner, simulator, CODE) == CODE
    scanner.close()


def draw_code(text: str, scale: int = 6) -> np.ndarray:
    image = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=scale)
    return cv2.cvtColor(np.array(image), cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize("turn", [0, 17, 90, 180])
def test_a_code_is_found_in_a_picture_however_it_is_held(turn):
    picture = np.full((720, 1280, 3), 190, np.uint8)
    code = draw_code(CODE)
    picture[200 : 200 + code.shape[0], 500 : 500 + code.shape[1]] = code
    around = cv2.getRotationMatrix2D((640, 360), turn, 1.0)
    turned = cv2.warpAffine(picture, around, (1280, 720), borderValue=(190, 190, 190))
    assert [scan.text for scan in decode_picture(turned)] == [CODE]


async def test_the_camera_reads_a_code_held_before_it(tmp_path):
    picture = np.full((720, 1280, 3), 190, np.uint8)
    code = draw_code(CODE)
    picture[100 : 100 + code.shape[0], 300 : 300 + code.shape[1]] = code
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (1280, 720))
    for _ in range(10):
        writer.write(picture)
    writer.release()
    scanner = CameraScanner(OpenCvCamera(parse_source(str(film))))
    scan = await asyncio.wait_for(scanner.wait_for_code(), 10)
    assert scan.text == CODE
    assert CODE not in repr(scan)
    scanner.close()


def test_the_command_line_reads_one_code_and_finds_codes_in_a_picture(tmp_path):
    path = tmp_path / "code.png"
    cv2.imwrite(str(path), draw_code(CODE))
    done = run_module("drivers.qrscanner", "decode", str(path), "--json")
    assert last_json(done.stdout)["text"] == CODE
    done = run_module("drivers.qrscanner", "decode", str(tmp_path / "none.png"))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)


def test_the_command_line_says_that_no_code_came(simulate):
    simulator = simulate("drivers.qrscanner")
    port = ("--port", simulator.address, "--timeout", "0.3", "--json")
    done = run_module("drivers.qrscanner", "read", *port)
    assert (done.returncode, last_json(done.stdout)["reason"]) == (1, "timeout")
