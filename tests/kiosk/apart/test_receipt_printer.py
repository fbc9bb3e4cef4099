"""A receipt printer whose driver runs in a process of its own."""

import asyncio

import numpy as np
import pytest

from drivers.device import DeviceFailure, FailureReason, Status
from drivers.receipt_printer.port import Line, Paper, Settlement
from tests.kiosk.apart.conftest import again, until


@pytest.fixture
def simulator(simulate, tmp_path):
    return simulate("drivers.receipt_printer", "--out", str(tmp_path))


def receipt(rows: int = 400):
    return np.random.default_rng(1).random((rows, 576)) < 0.3


def drawn(report) -> np.ndarray:
    from PIL import Image

    return np.array(Image.open(report["path"]).convert("L")) < 128


async def test_the_dots_on_paper_are_those_that_were_sent(apart, simulator):
    printer = apart.receipt_printer(simulator.address)
    sent = receipt()
    assert await printer.print(sent) is Settlement.PRINTED
    paper = drawn(simulator.report("receipt"))
    assert any(
        np.array_equal(paper[top : top + 400, :576], sent) for top in range(len(paper) - 399)
    )


async def test_lines_are_refused_by_a_printer_without_a_font(apart, simulator):
    printer = apart.receipt_printer(simulator.address)
    with pytest.raises(ValueError, match="no font"):
        await printer.print([Line("收据")])


async def test_the_condition_is_the_printers(apart, simulator):
    printer = apart.receipt_printer(simulator.address)
    assert (await printer.condition()).paper is Paper.FULL
    assert printer.status.value is Status.ONLINE
    await apart.close()
    with pytest.raises(DeviceFailure, match="stopping"):
        await printer.condition()


async def test_a_process_that_dies_while_it_prints_is_a_printer_that_was_pulled_out(
    apart, simulator
):
    printer = apart.receipt_printer(simulator.address)
    await printer.condition()
    printing = asyncio.create_task(printer.print(receipt(2400)))
    await asyncio.sleep(0.3)
    apart.kill()
    with pytest.raises(DeviceFailure, match="SIGSEGV") as failure:
        await printing
    assert failure.value.reason is FailureReason.RECEIPT_PRINTER_FAULT
    await again(printer.condition)
    assert await again(lambda: printer.print(receipt())) is Settlement.PRINTED


async def test_a_printer_that_printed_is_another_process_after_the_visit(apart, simulator):
    printer = apart.receipt_printer(simulator.address)
    await printer.condition()
    before = apart.pid
    await printer.print(receipt())
    assert apart.pid == before
    apart.kept[-1].renew()
    await until(lambda: apart.pid not in (before, None))
    assert (await printer.condition()).cover_open is False
