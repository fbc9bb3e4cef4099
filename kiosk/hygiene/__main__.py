"""`python -m kiosk.hygiene`: whether what keeps citizens' data from staying holds here."""

import argparse
import json
import sys
from dataclasses import asdict

from kiosk.hygiene import dumps, memory
from kiosk.hygiene.checks import look


def main() -> int:
    """Tell each check; 1 where one does not hold."""
    parser = argparse.ArgumentParser("python -m kiosk.hygiene", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object on the last line")
    options = parser.parse_args()
    memory.begin_anew()
    dumps.forbid_dumps()
    checks = look()
    if options.json:
        print(json.dumps({"checks": [asdict(one) for one in checks]}))
    else:
        for one in checks:
            print(f"{one.name}: {'holds' if one.holds else 'DOES NOT HOLD: ' + one.otherwise}")
    return 0 if all(one.holds for one in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
