"""What the drivers' command lines share: results as JSON, failures as one line."""

import asyncio
import json
import sys
from collections.abc import Mapping

from drivers.device import DeviceFailure, FailureReason
from drivers.idcard.port import IdCardReader, IdentityDocument, Wanted


def print_json(fields: Mapping[str, object]) -> None:
    """One JSON object on the last line of standard output."""
    print(json.dumps(fields, ensure_ascii=False))


def report_failure(failure: DeviceFailure, as_json: bool) -> int:
    """Say what failed, as JSON or as one line; returns the exit status."""
    if as_json:
        print_json({"reason": str(failure.reason), "detail": failure.detail})
    else:
        print(f"{failure.reason}: {failure.detail}", file=sys.stderr)
    return 1


def print_fields(fields: Mapping[str, object], as_json: bool) -> None:
    """A result as one JSON object, or a line for each field."""
    if as_json:
        print_json(fields)
        return
    print("\n".join(f"{name} {value}" for name, value in fields.items()))


async def read_one(
    reader: IdCardReader, timeout: float, wanted: Wanted | None = None
) -> IdentityDocument:
    """Wait for a card in any kind of reader and read it. Raises DeviceFailure."""
    try:
        await reader.open()
        try:
            async with asyncio.timeout(timeout):
                await reader.wait_for_card()
        except TimeoutError as error:
            detail = f"no card within {timeout:g} s"
            raise DeviceFailure(FailureReason.NO_CARD, detail) from error
        return await reader.read(lambda _: None, wanted)
    finally:
        reader.close()


def print_document(fields: Mapping[str, object], as_json: bool) -> None:
    """A document as one JSON object, or a line for each field."""
    if as_json:
        print_json(fields)
        return
    for name, value in fields.items():
        print(f"{name:18} {value if value is not None else '-'}")
