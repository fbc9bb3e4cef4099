"""`python -m offline`: what a store holds, its audit exported, and whether an export holds."""

import argparse
import json
import sys
from pathlib import Path

import apsw
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from offline.audit.checkpoint import Checkpoint, signer
from offline.audit.export import export
from offline.audit.verify import verify
from offline.failures import VaultFailure
from offline.keyfile import erase, key_path
from offline.keys.choose import AUTO, WANTED, choose_keeper
from offline.keys.port import KeyFailure
from offline.keys.recovery import read_private
from offline.keys.spare import recover
from offline.look import look, read_audit, snapshot
from offline.store import hold


class BadInput(Exception):
    """One line that says what is wrong with what was given."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    parser = argparse.ArgumentParser("python -m offline", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    inspect = commands.add_parser("inspect", help="what is queued and kept in a store")
    inspect.add_argument("store", type=Path, help="the terminal's vault.db")
    inspect.add_argument("--json", action="store_true", help="one JSON object on the last line")
    inspect.set_defaults(run=run_inspect)
    audit = commands.add_parser("audit", help="a store's audit records, one JSON object a line")
    audit.add_argument("store", type=Path, help="the terminal's vault.db")
    audit.set_defaults(run=run_audit)
    check = commands.add_parser("verify-audit", help="whether an exported audit is whole")
    check.add_argument("export", type=Path, help="a file that the terminal exported")
    check.add_argument(
        "--key", type=Path, required=True,
        help="the terminal's public key, certificate or private key (PEM)",
    )
    check.add_argument(
        "--checkpoint", type=Path, help="a checkpoint (JSON) that somebody else has kept"
    )
    check.add_argument("--json", action="store_true", help="one JSON object on the last line")
    check.set_defaults(run=run_verify)
    export_ = commands.add_parser(
        "export-audit", help="write a store's audit, also of a terminal that runs"
    )
    export_.add_argument("store", type=Path, help="the terminal's vault.db")
    export_.add_argument("--key", type=Path, required=True, help="the terminal's private key (PEM)")
    export_.add_argument("--out", type=Path, required=True, help="the file to write")
    export_.set_defaults(run=run_export)
    back = commands.add_parser(
        "recover", help="wrap a store's key anew where what protected it does not give it back"
    )
    back.add_argument("store", type=Path, help="the terminal's vault.db")
    back.add_argument("--key", type=Path, required=True, help="the operators' private key (PEM)")
    back.add_argument(
        "--protection", choices=WANTED, default=AUTO, help="what is to protect it (auto)"
    )
    back.set_defaults(run=run_recover)
    gone = commands.add_parser(
        "erase", help="destroy a store's key: nothing sealed in it can ever be opened again"
    )
    gone.add_argument("store", type=Path, help="the vault.db of a terminal that is stopped")
    gone.add_argument(
        "--for-ever", action="store_true", required=True, help="to say that this is meant"
    )
    gone.set_defaults(run=run_erase)
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    return status


def run_inspect(options: argparse.Namespace) -> int:
    """Tell what a store holds; needs no key, and shows no field that is sealed."""
    if not options.store.is_file():
        raise BadInput(f"{options.store}: no such store")
    try:
        told = look(options.store)
    except (apsw.Error, ValueError) as error:
        raise BadInput(f"{options.store}: {error}") from error
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for name, value in told.items():
        if isinstance(value, list):
            print(f"{name}:")
            for one in value:
                print("   ", "  ".join(f"{key}={field}" for key, field in one.items()))
        else:
            print(f"{name}: {value}")
    return 0


def run_audit(options: argparse.Namespace) -> int:
    """Print the audit's records."""
    if not options.store.is_file():
        raise BadInput(f"{options.store}: no such store")
    try:
        for record in read_audit(options.store):
            print(json.dumps(record, ensure_ascii=False))
    except (apsw.Error, ValueError) as error:
        raise BadInput(f"{options.store}: {error}") from error
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Verify an export; 1 where it does not hold."""
    key = read_key(options.key)
    kept = read_checkpoint(options.checkpoint) if options.checkpoint is not None else None
    try:
        with options.export.open("rb") as lines:
            verdict = verify(lines, key, kept, progress)
    except OSError as error:
        raise BadInput(str(error)) from error
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if options.json:
        print(json.dumps(verdict.as_json()))
    elif verdict.holds:
        print(f"{verdict.records} records hold, up to {verdict.vouched_until} by signature")
    else:
        place = f" at record {verdict.first}" if verdict.first is not None else ""
        print(f"does not hold: {verdict.fault}{place} {verdict.detail}".rstrip())
        print(f"a signature vouches for the records up to {verdict.vouched_until}")
    return 0 if verdict.holds else 1


def run_export(options: argparse.Namespace) -> int:
    """Export a store's audit, signed for with the terminal's key."""
    if not options.store.is_file():
        raise BadInput(f"{options.store}: no such store")
    sign = signer(read_private_key(options.key))
    try:
        with snapshot(options.store) as taken, options.out.open("wb") as out:
            count = export(taken, sign, out, progress)
    except (OSError, ValueError, apsw.Error) as error:
        raise BadInput(f"{options.store} to {options.out}: {error}") from error
    print(f"{count} records: {options.out}")
    return 0


def progress(count: int) -> None:
    """How far the verifier is, for people."""
    if sys.stderr.isatty():
        print(f"\r{count} records", end="", file=sys.stderr)


def read_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The terminal's key. Raises BadInput."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"{path}: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadInput(f"{path}: not an EC key")
    return key


def run_recover(options: argparse.Namespace) -> int:
    """Give a store its key back by the operators' wrap of it; for a terminal that is stopped."""
    try:
        keeper = choose_keeper(options.store.parent, options.protection)
        kiosk = recover(options.store, read_private(options.key.read_bytes()), keeper)
    except (KeyFailure, VaultFailure, OSError) as error:
        raise BadInput(f"{options.store}: {error}") from error
    print(f"the key of {kiosk} is with {keeper.describe()}")
    return 0


def run_erase(options: argparse.Namespace) -> int:
    """Crypto-erase a store: its key, the operators' wrap of it, and what its keeper holds."""
    kept = key_path(options.store)
    if not kept.is_file():
        raise BadInput(f"{kept}: there is no key")
    try:
        with hold(options.store):
            keeper = choose_keeper(options.store.parent, AUTO, wrapped=kept.read_bytes())
            erase(options.store, keeper)
    except (KeyFailure, VaultFailure, OSError) as error:
        raise BadInput(f"{options.store}: {error}") from error
    print(f"nothing that was sealed in {options.store} can be opened any more")
    return 0


def read_key(path: Path) -> ec.EllipticCurvePublicKey:
    """A public key from whatever of the terminal holds it. Raises BadInput."""
    try:
        pem = path.read_bytes()
        if b"BEGIN CERTIFICATE" in pem:
            key: object = load_pem_x509_certificate(pem).public_key()
        elif b"PRIVATE KEY" in pem:
            key = read_private_key(path).public_key()
        else:
            key = load_pem_public_key(pem)
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"{path}: {error}") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise BadInput(f"{path}: not an EC key")
    return key


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint from a file. Raises BadInput."""
    try:
        return Checkpoint.of_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadInput(f"{path}: not a checkpoint ({error})") from error


if __name__ == "__main__":
    sys.exit(main())
