"""Two things that need the citizen's consent."""

from kiosk.visit.events import Agreed, ChosePhone, ChoseStaff, Declined
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Text


class Consent(Screen):
    """Which data, for what, how long; refusing is as large as agreeing."""

    step = Step.CONSENT
    progress = 0

    def build(self) -> None:
        """The two things, and two buttons of the same size."""
        self.title(both("consent.title"))
        self._face = self._thing("face", "consent.face", 54)
        self._query = self._thing("document", "consent.query", 158)
        self._who = self.centred("", 262, 15, theme.BODY, True)
        self._card, self._card_english = (
            self.centred(both("consent.take_card")[0], 280, 15, theme.BODY),
            self.quiet(both("consent.take_card")[1], 295, 13),
        )
        half = (self.inner - theme.GAP) / 2
        ways = self.with_platform()
        ways.button("phone", both("phone.choose"), lambda: self.ui.send(ChosePhone()),
                    (theme.MARGIN, self.bottom - 72, half, 30), size=theme.BODY)
        ways.button("staff", both("staff.choose"), lambda: self.ui.send(ChoseStaff()),
                    (theme.MARGIN + half + theme.GAP, self.bottom - 72, half, 30),
                    size=theme.BODY)
        self.button("decline", both("consent.decline"), lambda: self.ui.send(Declined()),
                    (theme.MARGIN, self.bottom - 36, half, 36))
        self.button("agree", both("consent.agree"), lambda: self.ui.send(Agreed()),
                    (theme.MARGIN + half + theme.GAP, self.bottom - 36, half, 36), primary=True)

    def _thing(self, icon: str, key: str, y: float) -> tuple[Text, ...]:
        """A thing that is asked for: its two names and what it means, each in both languages."""
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, y, self.inner, 98)
        self.put(Icon(icon), theme.MARGIN + 8, y + 27, 44, 44)
        left, width = theme.MARGIN + 60, self.inner - 66
        words, english = both(key)
        text, text_english = both(f"{key}_text")
        return (
            self.put(Text(words, theme.LARGE, theme.INK, True), left, y + 4, width, 19),
            self.put(Text(english, theme.SMALL, theme.SOFT_INK), left, y + 23, width, 13),
            self.put(Text(text, theme.SMALL, theme.INK), left, y + 40, width, 26),
            self.put(Text(text_english, theme.SMALL, theme.SOFT_INK), left, y + 68, width, 26),
        )

    def enter(self, state: State) -> None:
        """Greet by masked name, and ask to take the card back while it lies there."""
        self._who.say(self.ui.visit.masked_name)
        offline = state.progress is not None and state.progress.offline
        child = "consent.query_child" if self.ui.visit.ward else "consent.query_text"
        keys = ("consent.kept", "consent.kept_text") if offline else ("consent.query", child)
        for text, words in zip(self._query, (*both(keys[0]), *both(keys[1])), strict=True):
            text.say(words)
        key = "consent.kept_face" if offline else "consent.face_text"
        for text, words in zip(self._face[2:], both(key), strict=True):
            text.say(words)
        self.show_ways(state)
        self.update(state)

    def update(self, state: State) -> None:
        """The line about the card is there as long as the card is."""
        shown = 1.0 if state.equipment.card_present else 0.0
        self._card.opacity = self._card_english.opacity = shown

    def leave(self) -> None:
        """Forget the name."""
        self._who.say("")
