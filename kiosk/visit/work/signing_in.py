"""Signing in by each way, acting for somebody else, and the list that follows.

A new sign-in takes the place of an earlier one only when it is there, and only if it is the
same person's: stepping up never loses the visit, and never mixes two people.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from kiosk.certificates.port import Certificate
from kiosk.errors import Failure
from kiosk.identity.port import (
    FaceEvidence,
    PhoneCode,
    Principal,
    Relation,
    Session,
    StaffEvidence,
)
from kiosk.limits.attempts import Kind
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.states import CertificateFact
from kiosk.visit.work.desk import Desk, attempt
from kiosk.visit.work.looking import CodeKind, Looking

log = logging.getLogger(__name__)


NOT_ASKED = frozenset({Reason.NETWORK, Reason.PLATFORM_TIMEOUT, Reason.PLATFORM_ERROR})
"""How a sign-in fails that nobody was asked for."""


class SigningIn:
    """Signs the citizen in, and lists what the citizen holds."""

    def __init__(self, desk: Desk, looking: Looking) -> None:
        self._desk = desk
        self._looking = looking

    async def with_face(self) -> None:
        """By document and face."""
        visit, identity = self._desk.visit, self._desk.parts.identity
        assert visit.document is not None
        evidence = FaceEvidence(bool(visit.face_reference), visit.face_reference, visit.face_live)
        await self._finish(identity.sign_in(visit.document, evidence))

    async def by_phone(self) -> None:
        """By a phone that scans a code."""
        self._desk.visit.take_document(None)
        identity = self._desk.parts.identity
        await self._finish(self._wait_for_phone(identity.begin_phone()))

    async def by_call(self) -> None:
        """By the phone of the document's holder, which the platform calls."""
        document = self._desk.visit.document
        assert document is not None
        identity = self._desk.parts.identity
        await self._finish(self._counted(
            Kind.CALL, lambda: self._wait_for_phone(identity.call_phone(document))
        ))

    async def with_staff(self) -> None:
        """By document and a member of staff, who signs in first and then vouches."""
        await self._finish(self._counted(Kind.STAFF, self._vouched))

    async def by_show(self) -> None:
        """By a phone that shows its answer to the camera."""
        self._desk.visit.take_document(None)
        await self._finish(self._shown())

    async def list_principals(self) -> None:
        """Ask for whom the citizen may act."""
        visit = self._desk.visit
        session = visit.own or visit.session
        assert session is not None
        try:
            visit.principals = await self._desk.parts.identity.principals(session)
        except Failure as failure:
            log.info("principals: %s", failure)
            self._desk.send(ev.PrincipalsFailed(failure.reason))
            return
        relations = tuple(one.relation for one in visit.principals)
        self._desk.send(ev.PrincipalsListed(relations))

    async def act_for(self, index: int | None) -> None:
        """Act for one of the principals, or for oneself again (then for no child either); list."""
        visit = self._desk.visit
        visit.principal = None if index is None else visit.principals[index]
        visit.ward, visit.wanted = None, ""
        await self._act_and_list()

    async def list_again(self) -> None:
        """List by the sign-in that there is, acting for whom that was begun."""
        await self._act_and_list()

    # How it goes on

    async def _finish(self, signing_in: Awaitable[Session]) -> None:
        """Take a new session in the place of an earlier one, and list. Sends what came of it."""
        visit = self._desk.visit
        try:
            session = await signing_in
            self._take(session)
        except Failure as failure:
            log.info("sign-in: %s", failure)
            self._desk.send(ev.SignInFailed(failure.reason))
            return
        finally:
            visit.phone_code = visit.show_request = None
        self._desk.send(ev.SignedIn(session.acr, session.level, session.subject, session.actor))
        await self._act_and_list(session.wanted)

    def _take(self, session: Session) -> None:
        """Let a session take the place of the one before. Raises Failure (ANOTHER_PERSON).

        Nothing is waited for in between: a session in hand is one that the visit's end finds.
        """
        visit = self._desk.visit
        before = visit.own or visit.session
        if before is not None and before.subject != session.subject:
            self._sign_out(session)
            raise Failure(Reason.ANOTHER_PERSON, "the sign-in is of another person")
        ends = [one for one in (visit.own, visit.session) if one is not None]
        visit.own, visit.session = None, session
        visit.files.clear()
        visit.certificates = []
        for one in ends:
            self._sign_out(one)

    async def _act_and_list(self, wanted: str = "") -> None:
        """Act for the child or the principal of this visit, if there is one; then list."""
        visit = self._desk.visit
        try:
            await self._act()
        except Failure as failure:
            log.info("acting: %s", failure)
            visit.principal = None
            self._desk.send(ev.ActingFailed(failure.reason))
            return
        await self._list(wanted)

    async def _act(self) -> None:
        """Take a session for whom the citizen is here. Raises Failure."""
        visit, identity = self._desk.visit, self._desk.parts.identity
        own = visit.own or visit.session
        assert own is not None
        if visit.own is not None and visit.session is not None:
            self._sign_out(visit.session)
        visit.own, visit.session = None, own
        visit.files.clear()
        if visit.principal is not None:
            acting, why = await self._act_for(own, visit.principal), visit.principal.relation
        elif visit.ward is not None:
            acting, why = await identity.act_for_child(own, visit.ward), Relation.GUARDIAN
        else:
            self._desk.send(ev.ActsFor(None, own.subject))
            return
        visit.own, visit.session = own, acting
        self._desk.send(ev.ActsFor(why, acting.subject, acting.actor))

    async def _act_for(self, own: Session, principal: Principal) -> Session:
        """The session for a principal, whose authorisation may have run out meanwhile."""
        identity = self._desk.parts.identity
        try:
            return await identity.act_for(own, principal)
        except Failure as failure:
            if failure.reason is not Reason.NOT_AUTHORISED:
                raise
            named = (principal.name, principal.relation)
            fresh = [
                one for one in await identity.principals(own)
                if (one.name, one.relation) == named and one != principal
            ]
            if len(fresh) != 1:
                raise
            self._desk.visit.principal = fresh[0]
            return await identity.act_for(own, fresh[0])

    async def _list(self, wanted: str = "") -> None:
        parts, visit = self._desk.parts, self._desk.visit
        session = visit.session
        assert session is not None
        chosen, visit.wanted = wanted or visit.wanted, ""
        try:
            holdings = await parts.library.list(session)
        except Failure as failure:
            log.info("list: %s", failure)
            visit.wanted = chosen
            self._desk.send(ev.ListFailed(failure.reason))
            return
        visit.certificates = list(holdings.certificates)
        visit.home, visit.missing = holdings.home, holdings.missing
        facts = tuple(self._fact(one) for one in visit.certificates)
        self._desk.send(ev.CertificatesListed(
            facts, len(holdings.missing), self._place_of(chosen)
        ))

    def _fact(self, certificate: Certificate) -> CertificateFact:
        """What the visit may know: the library's word, and the rules of the kind."""
        profile = self._desk.parts.profiles.for_certificate(certificate)
        return CertificateFact(
            certificate.type, certificate.status, max(certificate.level, profile.level),
            profile.printable, profile.printing.most_copies, profile.printing.purposes,
        )

    def _place_of(self, identifier: str) -> int | None:
        """The place in the list of a certificate that is wanted already."""
        places = (
            place for place, one in enumerate(self._desk.visit.certificates)
            if identifier and one.identifier == identifier
        )
        return next(places, None)

    async def _counted(
        self, kind: Kind, signing_in: Callable[[], Awaitable[Session]]
    ) -> Session:
        """Sign in with the card of this visit, as often as that is allowed. Raises Failure."""
        attempt = await self._desk.begin_attempt(kind)
        try:
            session = await signing_in()
        except Failure as failure:
            # A phone that has rung has rung, whatever became of the line since.
            rung = kind is Kind.CALL and self._desk.visit.phone_code is not None
            if failure.reason in NOT_ASKED and not rung:
                self._desk.parts.attempts.take_back(attempt)
            raise
        self._desk.parts.attempts.take_back(attempt)
        return session

    async def _wait_for_phone(self, asking: Awaitable[PhoneCode]) -> Session:
        code = await asking
        self._desk.visit.phone_code = code
        self._desk.send(ev.PhoneCodeShown())
        return await self._desk.parts.identity.wait_for_phone(code)

    async def _vouched(self) -> Session:
        identity, document = self._desk.parts.identity, self._desk.visit.document
        assert document is not None
        staff = await self._wait_for_phone(identity.begin_staff())
        try:
            return await identity.vouch(document, StaffEvidence(staff))
        finally:
            self._sign_out(staff)

    async def _shown(self) -> Session:
        identity, visit = self._desk.parts.identity, self._desk.visit
        request = await identity.begin_show()
        visit.show_request = request
        self._desk.send(ev.PhoneCodeShown())
        sessions: list[Session] = []

        async def answers(text: str) -> bool:
            session = await identity.finish_show(request, text)
            sessions.extend([session] if session is not None else [])
            return bool(sessions)

        try:
            async with asyncio.timeout(request.seconds):
                await self._looking.wait_for_code(CodeKind.PHONE, answers)
        except TimeoutError as error:
            raise Failure(Reason.TIMEOUT, "no phone showed its answer in time") from error
        return sessions[0]

    def _sign_out(self, session: Session) -> None:
        """Revoke a token, whatever becomes of the visit; one that cannot be ends by itself."""
        self._desk.afterwards(attempt(self._desk.parts.identity.sign_out(session)))
