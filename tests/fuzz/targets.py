"""What is fuzzed: one function of bytes for each protocol, with the errors that it lists.

Run as `python -m tests.fuzz.targets NAME [libFuzzer options]`.
"""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime

import atheris

with atheris.instrument_imports(include=["drivers"]):
    from drivers.auxiliaries import protocol as auxiliaries
    from drivers.camera import protocol as camera
    from drivers.device import DeviceFailure
    from drivers.document_printer import ipp
    from drivers.document_printer import protocol as printer
    from drivers.idcard import framing, layouts
    from drivers.idcard import protocol as sdt
    from drivers.inputs import EventReader
    from drivers.qrscanner import protocol as scanner
    from drivers.receipt_printer import protocol as escpos
    from drivers.receipt_printer.interpreter import Interpreter
    from drivers.smartcard import protocol as card
    from drivers.smartcard.port import Moment, Response
    from drivers.smartcard.sam import read_resident

with atheris.instrument_imports(include=["kiosk"]):
    from kiosk.certificates.metadata import read_metadata
    from kiosk.certificates.proof.claims import PREFIX, read_claims, read_code
    from kiosk.certificates.proof.cose import BadCose, read_signed
    from kiosk.gm import BadCertificate, Certificate, RevocationList, TrustList, der
    from kiosk.gm.der import BadDer
    from kiosk.gm.signed_data import read_signed_data
    from kiosk.gm.timestamps import judge_timestamp, read_timestamp
    from kiosk.ofd import OfdError, OfdFile, read_stamps, render_page, verify
    from kiosk.ofd.judge import Signed, judge_value
    from kiosk.ofd.paths import to_path
    from kiosk.ofd.seal import read_seal, read_seal_signature
    from kiosk.ofd.values import to_deltas, to_numbers
    from kiosk.ofd.xml import parse
    from sandbox.ofd.objects import document, plain
    from sandbox.ofd.package import pack

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PAGE = "Doc_0/Pages/Page_0/Content.xml"
TODAY = date(2026, 11, 24)


def idcard_frames(data: bytes) -> None:
    for item in sdt.Framer().feed(data):
        if isinstance(item, bytes) and (reply := sdt.parse_reply(item)) is not None:
            _ = reply.meaning
            sdt.split_parts(reply.data, 2)
            sdt.split_parts(reply.data, 3)
            sdt.split_added_addresses(reply.data)
            sdt.format_sam_id(reply.data)


def idcard_replies(data: bytes) -> None:
    """The inside of a frame, which chance alone would hardly reach."""
    idcard_frames(sdt.encode_frame(data))


def idcard_stx_frames(data: bytes) -> None:
    for stream in (data, framing.encode_stx_frame(data)):
        for item in framing.StxFramer().feed(stream):
            if isinstance(item, bytes):
                framing.parse_stx_reply(item)


def idcard_layouts(data: bytes) -> None:
    block = data[: layouts.BLOCK_SIZE].ljust(layouts.BLOCK_SIZE, b"\0")
    for selector in " JIY":
        marked = bytearray(block)
        marked[layouts.SELECTOR_OFFSET : layouts.SELECTOR_OFFSET + 2] = selector.encode("utf-16-le")
        document = layouts.decode(bytes(marked), TODAY)
        if document is not None:
            document.as_json()


def smartcard(data: bytes) -> None:
    """A card that answers with pieces of the input; sessions end in listed failures."""
    for begin in (card.read_social_security, read_resident):
        session, at = begin(Moment(TODAY)), 0
        try:
            next(session)
            for _ in range(60):
                size = data[at] if at < len(data) else 0
                answer = data[at + 1 : at + 1 + size]
                at += 1 + size
                good = size % 3 > 0
                status = (0x90, 0) if good else tuple(answer[-2:].rjust(2, b"\x6a"))
                session.send(Response(answer, *status))
        except (StopIteration, DeviceFailure):
            continue


def ipp_messages(data: bytes) -> None:
    try:
        message = ipp.decode_message(data)
    except ValueError:
        return
    for _, attributes in message.groups:
        printer.supplies_in(attributes)
        printer.trays_in(attributes)


def ipp_groups(data: bytes) -> None:
    """The inside of a message, behind a sound beginning."""
    ipp_messages(b"\x02\x00\x00\x00\x00\x00\x00\x01\x04" + data + b"\x03")


def printer_words(data: bytes) -> None:
    words = tuple(data.decode("utf-8", "replace").split(","))
    printer.failure_in(words, stopped=bool(data[:1] > b"\x80"))
    printer.media_in(words)
    printer.toner_in(words)
    printer.failure_in_message(words[0])
    printer.trays_in({"printer-input-tray": list(words), "media-col-ready": [data]})


def receipt_answers(data: bytes) -> None:
    for answer in escpos.AnswerReader().feed(data):
        if answer.kind is escpos.AnswerKind.STATUS_BACK:
            escpos.decode_status_back(answer.data)
        else:
            escpos.decode_condition(answer.data[0], answer.data[0])


def receipt_commands(data: bytes) -> None:
    for operation in Interpreter().feed(data):
        _ = operation.name


def scanner_lines(data: bytes) -> None:
    for code in scanner.LineSplitter().feed(data):
        scanner.decode_text(code)


def scanner_keys(data: bytes) -> None:
    decoder = scanner.KeyDecoder()
    for event in EventReader().feed(data):
        decoder.feed(event)


def auxiliary_lines(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    auxiliaries.power_in(auxiliaries.parse_variables(text.splitlines()))
    auxiliaries.parse_volume(text)
    auxiliaries.parse_relays(data)
    auxiliaries.parse_relay_frame(data)
    for event in EventReader().feed(data):
        auxiliaries.sensor_of(event)
        auxiliaries.key_of(event)


def camera_sources(data: bytes) -> None:
    try:
        _ = camera.parse_source(data.decode("utf-8", "replace")).target
    except ValueError:
        return


def ofd_files(data: bytes) -> None:
    try:
        file = OfdFile(data)
        verify(file, TrustList(), NOW)
    except OfdError:
        return


def ofd_pages(data: bytes) -> None:
    """The content of a page, in a package that is sound otherwise."""
    try:
        file = OfdFile(pack(SOUND | {PAGE: data}))
        render_page(file, 1, 20, read_stamps(file))
    except OfdError:
        return


def ofd_values(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for read in (to_numbers, to_deltas, lambda one, _: to_path(one, even_odd=False)):
        try:
            read(text, "fuzz")
        except OfdError:
            continue
    try:
        parse(data, "fuzz")
    except OfdError:
        return


def signatures(data: bytes) -> None:
    der.oddity(data)
    judge_value(data, Signed(data, "fuzz"), TrustList(), NOW)
    judge_timestamp(data, b"signature", TrustList(), NOW)
    for read in (read_seal, read_seal_signature, read_signed_data, read_timestamp):
        try:
            read(data)
        except (BadDer, BadCertificate):
            continue


def sm2_certificates(data: bytes) -> None:
    try:
        one = Certificate(data)
        _ = one.name, one.issuer_name, one.is_sm2, one.usage, one.validity
        one.signed_by(one)
        RevocationList(data)
    except BadCertificate:
        return


def paper_codes(data: bytes) -> None:
    text = data.decode("latin-1")
    for read in (lambda: read_code(PREFIX + text), lambda: read_signed(data)):
        try:
            read_claims(read())
        except BadCose:
            continue


def file_metadata(data: bytes) -> None:
    words = data.decode("utf-8", "replace").split("\n")
    read_metadata(dict(zip(words[::2], words[1::2], strict=False)))


SOUND = document(plain)
TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (
        idcard_frames, idcard_replies, idcard_stx_frames, idcard_layouts, smartcard,
        ipp_messages, ipp_groups, printer_words, receipt_answers, receipt_commands,
        scanner_lines, scanner_keys, auxiliary_lines, camera_sources, ofd_files, ofd_pages,
        ofd_values, signatures, sm2_certificates, paper_codes, file_metadata,
    )
}


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
