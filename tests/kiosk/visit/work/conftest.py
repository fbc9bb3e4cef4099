"""A desk with services that answer as they are told, and what was sent to the engine."""

import asyncio
from types import SimpleNamespace

import pytest

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.certificates.port import Certificate, Holdings
from kiosk.certificates.profile_file import load_profiles
from kiosk.identity.levels import ACR_CARD_FACE, ACR_PHONE
from kiosk.identity.port import PhoneCode, Session
from kiosk.limits.attempts import Attempt
from kiosk.visit.personal import Visit
from kiosk.visit.states import CertificateStatus
from kiosk.visit.work.desk import Desk

CITIZEN, CHILD = (
    IdentityDocument(DocumentType.CN_RESIDENT, number, name)
    for number, name in (("119900195803120627", "李秀兰"), ("119900201604200618", "周小宝"))
)


def session(token, subject="citizen", acr=ACR_CARD_FACE, actor=""):
    """A sign-in by its token's name."""
    return Session(token, acr, (), None, subject, actor)


def certificate(holder):
    """The one certificate of a holder, named after it."""
    return Certificate(
        f"id-of-{holder}", "kind", "证照", "", "1", "", None, None,
        CertificateStatus.VALID, "01", "",
    )


class Identity:
    """The identity service: what it answers is set by the test, what it was asked is kept."""

    def __init__(self):
        self.signs_in = session("own")
        self.rings = PhoneCode("ABCD", "", 120, 1, "device")
        self.answers = session("staff", "staff", ACR_PHONE)
        self.acts = {}
        self.known = []
        self.ended = []

    async def sign_in(self, document, face):
        return _or_raise(self.signs_in)

    async def begin_phone(self):
        return PhoneCode("ABCD", "https://phone.example", 120, 1, "device")

    async def begin_staff(self):
        return PhoneCode("ABCD", "https://phone.example", 120, 1, "device")

    async def call_phone(self, document):
        return _or_raise(self.rings)

    async def wait_for_phone(self, code):
        return _or_raise(self.answers)

    async def vouch(self, document, evidence):
        return _or_raise(self.signs_in)

    async def principals(self, own):
        return self.known

    async def act_for(self, own, principal):
        return _or_raise(self.acts[principal.authorisation])

    async def act_for_child(self, own, document):
        return _or_raise(self.acts["child"])

    async def sign_out(self, ended):
        self.ended.append(ended.token)


class Library:
    """Lists one certificate for each session, named after whose it is; files come on demand."""

    def __init__(self):
        self.may_come = asyncio.Event()
        self.may_come.set()

    async def list(self, asked):
        return Holdings((certificate(asked.subject),))

    async def fetch(self, asked, wanted):
        await self.may_come.wait()
        return wanted.identifier.encode()


class Tries:
    """Counts attempts; refuses when the test says so."""

    def __init__(self):
        self.refuses = None
        self.begun, self.taken_back = [], []

    async def begin(self, kind, number):
        if self.refuses is not None:
            raise self.refuses
        self.begun.append(kind)
        return Attempt((len(self.begun),))

    def take_back(self, attempt):
        self.taken_back.append(attempt)


def _or_raise(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer


@pytest.fixture
def desk():
    """A desk whose `events` are what was sent to the engine."""
    parts = SimpleNamespace(
        identity=Identity(), library=Library(), profiles=load_profiles(None),
        attempts=Tries(),
    )
    events = []
    made = Desk(parts, Visit(document=CITIZEN), events.append)
    made.events = events
    return made
