"""A member of staff vouches for the citizen, with a phone of the own."""

from kiosk.visit.events import WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import both
from screens.code import CodeScreen

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
        self.end_button()
        self.other_button("back", both("common.back"), lambda: self.ui.send(WentBack()))

    def enter(self, state: State) -> None:
        """For whom, by masked name and number."""
        visit = self.ui.visit
        self._who.say(f"{visit.masked_name}　{visit.masked_number}")
        self.update(state)

    def update(self, state: State) -> None:
        """Show the code as soon as there is one."""
        code = self.ui.visit.phone_code
        self._code.show(code.address if code else "")
        self._letters.say(code.user_code if code else both("common.please_wait")[0])

    def leave(self) -> None:
        """Forget the code, and for whom it was."""
        self._code.show("")
        self._letters.say("")
        self._who.say("")
