"""The citizen's certificates, four on a page."""

from datetime import datetime

from kivy.clock import Clock

from kiosk.certificates.port import UNKNOWN_REGION, Certificate
from kiosk.identity.levels import Level
from kiosk.visit.events import CertificateChosen, ChoseForOther, ChoseHandOver
from kiosk.visit.states import CertificateStatus, State, Step
from kiosk.words import CHINESE, ENGLISH, say
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Surface, Text

PER_PAGE = 4
ROW_MM = 52.0


class Certificates(Screen):
    """Choose one."""

    step = Step.CERTIFICATES
    progress = 2

    def build(self) -> None:
        """Title and the buttons below; the rows come with the list."""
        self.title(both("certificates.title"))
        self._acting = self.centred("", 272, 14, theme.BODY, True)
        self._missing = self.centred("", 288, 14, theme.SMALL, True)
        self._missing_english = self.quiet("", 301, 12)
        self._rows: Surface | None = None
        self._guarded: set[int] = set()
        """Certificates that need a higher level than the citizen has, by their places."""
        self._page = 0
        half = (self.inner - theme.GAP) / 2
        ways = (("principals", ChoseForOther()), ("hand_over", ChoseHandOver()))
        part = self.with_platform()
        for place, (name, event) in enumerate(ways):
            part.button(
                name, both(f"{name}.choose"), self.sends(event),
                (theme.MARGIN + place * (half + theme.GAP), self.bottom - 66, half, 32),
                size=theme.BODY,
            )
        self.end_button()

    def enter(self, state: State) -> None:
        """Show the first page, for whom it is, and what could not be listed."""
        self._page = 0
        progress, visit = state.progress, self.ui.visit
        acting = progress is not None and progress.acting is not None
        self.show_ways(state)
        self._acting.say(
            both("certificates.acting", name=visit.masked_holder)[0] if acting else self._as_of()
        )
        chinese = "、".join(one.name_zh for one in visit.missing)
        english = ", ".join(one.name_en for one in visit.missing)
        key = "certificates.missing"
        self._missing.say(say(key, CHINESE, regions=chinese) if chinese else "")
        self._missing_english.say(say(key, ENGLISH, regions=english) if english else "")
        level, facts = (progress.level, progress.certificates) if progress else (Level.NOBODY, ())
        self._guarded = {place for place, fact in enumerate(facts) if fact.level > level}
        self._show()

    def leave(self) -> None:
        """Forget for whom it was, and take the rows away."""
        self._acting.say("")
        self._missing.say("")
        self._missing_english.say("")
        self._clear()

    def _clear(self) -> None:
        if self._rows is not None:
            self.remove_widget(self._rows)
            self._rows = None

    def _turn(self, by: int) -> None:
        self._page += by
        self._show()

    def _show(self) -> None:
        self._clear()
        rows = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        rows.pos = self.pos
        every = self.ui.visit.certificates
        first = self._page * PER_PAGE
        shown = list(enumerate(every[first : first + PER_PAGE]))
        pages = -(-len(every) // PER_PAGE)

        def next_part(_: float) -> None:
            """One row in each frame, so that no frame waits for the whole list."""
            if self._rows is not rows:
                return
            if shown:
                place, certificate = shown.pop(0)
                self._row(rows, first + place, certificate, 50 + place * (ROW_MM + 4))
                Clock.schedule_once(next_part)
            elif pages > 1:
                self._pager(rows, pages)

        self.add_widget(rows)
        self._rows = rows
        Clock.schedule_once(next_part)

    def _pager(self, rows: Surface, pages: int) -> None:
        left, width = theme.MARGIN + 82, self.inner - 82
        if self._page > 0:
            rows.button("previous", both("certificates.previous"), lambda: self._turn(-1),
                        (left, self.bottom - 28, width / 2 - 4, 28), size=theme.BODY)
        if self._page < pages - 1:
            rows.button("more", both("certificates.more"), lambda: self._turn(1),
                        (left + width / 2 + 4, self.bottom - 28, width / 2 - 4, 28),
                        size=theme.BODY)

    def _row(self, rows: Surface, index: int, certificate: Certificate, y: float) -> None:
        valid = certificate.status is CertificateStatus.VALID
        rows.button(
            f"certificate-{index}", ("", ""),
            lambda: self.ui.send(CertificateChosen(index)),
            (theme.MARGIN, y, self.inner, ROW_MM),
        )
        left, width = theme.MARGIN + 8, self.inner - 62
        ink = theme.INK if valid else theme.SOFT_INK
        rows.put(Text(certificate.name, theme.LARGE, ink, True), left, y + 3, width + 10, 17)
        rows.put(Text(certificate.name_en, theme.SMALL, theme.SOFT_INK), left, y + 20,
                 self.inner - 16, 11)
        rows.put(Text(self._origin(certificate), theme.SMALL, theme.SOFT_INK), left,
                 y + 34, self.inner - 16, 13)
        self._badge(rows, certificate, valid and index in self._guarded, y + 5)

    def _badge(self, rows: Surface, certificate: Certificate, guarded: bool, y: float) -> None:
        """The status, or that one more check comes first."""
        word, fill, ink = str(certificate.status), theme.PALE_RED, theme.ACCENT
        if guarded:
            word, fill, ink = "guarded", theme.PALE, theme.INK
        elif certificate.status is CertificateStatus.VALID:
            fill, ink = theme.PALE_GREEN, theme.GREEN
        left = theme.MARGIN + self.inner - 40
        rows.put(Panel(fill, radius=3), left, y, 34, 14)
        rows.put(Text(say(f"certificates.{word}"), theme.SMALL, ink, True, "center"),
                 left, y, 34, 14)

    def _as_of(self) -> str:
        """When the issuers were asked what counts: the longest ago of all."""
        times = [datetime.fromisoformat(one.asked_at) for one in self.ui.visit.certificates]
        when = f"{min(times).astimezone():%Y-%m-%d %H:%M}" if times else ""
        return say("certificates.as_of", time=when) if when else ""

    def _origin(self, certificate: Certificate) -> str:
        """Who issued it and when; from another region, in which."""
        if certificate.region in (self.ui.visit.home, UNKNOWN_REGION):
            day = say("certificates.issued", date=certificate.issued) if certificate.issued else ""
            return f"{certificate.issuer} · {day}"
        return f"{certificate.region.name_zh} · {certificate.issuer} · {certificate.issued or ''}"
