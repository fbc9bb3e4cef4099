"""What the drivers' command lines share: results as JSON, failures as one line."""

import json
import sys
from collections.abc import Mapping

from drivers.device import DeviceFailure


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
