"""PC/SC as the driver needs it: one context, one card, errors as two exceptions.

pyscard's own monitor threads die with pcscd and its transmit has no limit, so its lowest
layer (`smartcard.scard`) is used and every return code looked at
(docs/decisions/0005-pcsc.md).
"""

from smartcard import scard

from drivers.smartcard.port import Response

POLL_MS = 250
PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
PCI = {
    scard.SCARD_PROTOCOL_T0: scard.SCARD_PCI_T0,
    scard.SCARD_PROTOCOL_T1: scard.SCARD_PCI_T1,
}
CARD_GONE = {
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_W_UNRESPONSIVE_CARD,
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_E_NOT_TRANSACTED,
    scard.SCARD_E_PROTO_MISMATCH,
    scard.SCARD_E_SHARING_VIOLATION,
}
"""Codes after which the reader is well and the card is not."""


class ServiceLost(Exception):
    """pcscd or the reader is not there; nothing made before works again."""


class CardGone(Exception):
    """The card was taken, or it does not talk."""


class Context:
    """One connection to pcscd. For one thread; useless after ServiceLost."""

    def __init__(self) -> None:
        """Connect. Raises ServiceLost."""
        code, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        check(code, "connect to pcscd")

    def readers(self) -> list[str]:
        """The names of all readers. Raises ServiceLost."""
        code, names = scard.SCardListReaders(self._handle, [])
        if code == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        check(code, "list readers")
        return list(names)

    def card_there(self, reader: str, known: bool | None = None) -> bool:
        """Whether a card is in a reader.

        With `known`, waits a moment for that to change. Raises ServiceLost.
        """
        state = {
            None: scard.SCARD_STATE_UNAWARE,
            True: scard.SCARD_STATE_PRESENT,
            False: scard.SCARD_STATE_EMPTY,
        }[known]
        wait = 0 if known is None else POLL_MS
        code, states = scard.SCardGetStatusChange(self._handle, wait, [(reader, state)])
        if code == scard.SCARD_E_TIMEOUT:
            return bool(known)
        check(code, reader)
        now = states[0][1]
        if now & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise ServiceLost(f"{reader}: the reader is gone")
        mute = now & scard.SCARD_STATE_MUTE
        return bool(now & scard.SCARD_STATE_PRESENT and not mute)

    def connect(self, reader: str) -> "Card":
        """The card in a reader. Raises ServiceLost, CardGone."""
        code, handle, protocol = scard.SCardConnect(
            self._handle, reader, scard.SCARD_SHARE_SHARED, PROTOCOLS
        )
        check(code, reader)
        return Card(handle, protocol)

    def close(self) -> None:
        """Let go; a service that is gone has let go already."""
        scard.SCardReleaseContext(self._handle)


class Card:
    """A connected card."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle = handle
        self._pci = PCI[protocol]

    @property
    def atr(self) -> bytes:
        """The card's answer to reset. Raises ServiceLost, CardGone."""
        code, _, _, _, atr = scard.SCardStatus(self._handle)
        check(code, "ask for the ATR")
        return bytes(atr)

    def transmit(self, apdu: bytes) -> Response:
        """Send one APDU. Raises ServiceLost, CardGone.

        A card pulled in the middle looks like success without an answer.
        """
        code, answer = scard.SCardTransmit(self._handle, self._pci, list(apdu))
        check(code, "talk to the card")
        if len(answer) < 2:
            raise CardGone("the card was taken while it answered")
        return Response(bytes(answer[:-2]), answer[-2], answer[-1])

    def close(self) -> None:
        """Let the card go, unpowered."""
        scard.SCardDisconnect(self._handle, scard.SCARD_UNPOWER_CARD)


def check(code: int, doing: str) -> None:
    """Raise what a return code means, unless it is success."""
    if code == scard.SCARD_S_SUCCESS:
        return
    message = f"{doing}: {scard.SCardGetErrorMessage(code)}"
    raise CardGone(message) if code in CARD_GONE else ServiceLost(message)
