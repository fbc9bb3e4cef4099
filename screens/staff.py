"""A member of staff vouches for the citizen, with a phone of the own."""

from kiosk.visit.events import Agreed, WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import both
from screens.code import CodeScreen
from screens.widgets import Surface

CODE_MM = 100.0


class Staff(CodeScreen):
    """For whom, and what the member of staff does."""

    step = Step.STAFF
    progress = 1

    def build(self) -> None:
        """The code, and what is to be looked at before saying yes."""
        self.title(both("staff.title"))
        self._who = self.centred("", 48, 18, theme.LARGE, True)
        scan, scan_english = both("staff.scan")
        self.centred(scan, 68, 15, theme.BODY, True)
        self.quiet(scan_english, 83, 12)
        self._code = self.code_place(98, CODE_MM)
        self._letters = self.compare_place(218)
        look, look_english = both("staff.look")
        self.centred(look, 294, 16, theme.BODY, True)
        self.quiet(look_english, 310, 13)
        record, record_english = both("staff.record")
        self.quiet(record, 340, 13)
        self.quiet(record_english, 352, 13)
        self._consent = self.centred("", 158, 28, theme.BODY, True)
        self._consent_english = self.quiet("", 188, 13)
        self._agree: Surface | None = None
        self.end_button()
        self.other_button("back", both("common.back"), lambda: self.ui.send(WentBack()))

    def enter(self, state: State) -> None:
        """For whom, by masked name and number."""
        visit = self.ui.visit
        self._who.say(f"{visit.masked_name}　{visit.masked_number}")
        self.update(state)

    def update(self, state: State) -> None:
        """Ask for consent where it was not given yet; show the code as soon as there is one."""
        code, progress = self.ui.visit.phone_code, state.progress
        self._ask(progress is not None and not progress.agreed)
        self._code.show(code.address if code else "")
        waiting = "" if self._agree is not None else both("common.please_wait")[0]
        self._letters.say(code.user_code if code else waiting)

    def _ask(self, wanted: bool) -> None:
        """Show or take away the question, over the place of the code."""
        if wanted == (self._agree is not None):
            return
        words = both("consent.query") if wanted else ("", "")
        self._consent.say(words[0])
        self._consent_english.say(words[1])
        if self._agree is not None:
            self.remove_widget(self._agree)
            self._agree = None
            return
        part = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        part.pos = self.pos
        part.button("agree", both("consent.agree"), self.sends(Agreed()),
                    (theme.MARGIN + 30, 112, self.inner - 60, 38), primary=True)
        self.add_widget(part)
        self._agree = part

    def leave(self) -> None:
        """Forget the code, and for whom it was."""
        self._ask(False)
        self._code.show("")
        self._letters.say("")
        self._who.say("")
