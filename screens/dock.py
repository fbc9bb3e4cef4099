"""The dev dock beside the kiosk in a demo: what the world around the terminal does.

Place or take a card, choose who stands before the camera, jam the printer, cut the
network. Its orders go to the simulators in their own processes; the terminal learns of
them only through its devices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kivy.clock import Clock

from screens import theme
from screens.widgets import Panel, Surface, Text

TYPE_MM = 6.2
"""The dock is for people at a desk: smaller type than on the kiosk."""
FAULT_MM, WORD_MM = 5.6, 4.0
Order = Callable[..., None]


@dataclass(frozen=True)
class Toggle:
    """A fault that can be switched on and off."""

    name: str
    words: str
    on: tuple[str, dict[str, str]]
    off: tuple[str, dict[str, str]]
    to: str

    @property
    def english(self) -> str:
        """The simulator's own word for it."""
        do, fields = self.on
        where = " region" if "region" in fields else ""
        return fields.get("name", do).replace("_", " ") + where


def fault(to: str, name: str, words: str) -> Toggle:
    """A fault of a simulator, switched off by clearing all its faults."""
    return Toggle(f"{to}-{name}", words, ("fault", {"name": name}), ("clear", {}), to)


def plug(to: str, words: str) -> Toggle:
    """A device that is pulled out, and plugged in again."""
    return Toggle(f"{to}-unplug", words, ("unplug", {}), ("plug", {}), to)


ELSEWHERE = {"region": "970000"}
TOGGLES = (
    plug("idcard", "读卡器拔出"),
    fault("idcard", "power_cut", "读卡器断电"),
    fault("idcard", "unreadable", "读卡失败"),
    fault("idcard", "wrong_card_type", "卡种不符"),
    fault("idcard", "doubled", "读卡线路坏"),
    fault("idcard", "late", "读卡器迟缓"),
    plug("camera", "摄像头拔出"),
    fault("camera", "black", "镜头被挡"),
    fault("camera", "frozen", "画面不动"),
    fault("camera", "still", "照片冒充"),
    plug("document_printer", "打印机断开"),
    fault("document_printer", "no_paper", "打印机缺纸"),
    fault("document_printer", "tray_empty", "纸盒已空"),
    fault("document_printer", "jam", "打印机卡纸"),
    fault("document_printer", "jam_midway", "中途卡纸"),
    fault("document_printer", "cover_open", "打印机开盖"),
    fault("document_printer", "toner_low", "墨粉不足"),
    fault("document_printer", "toner_out", "墨粉用完"),
    fault("document_printer", "stuck", "打印机不动"),
    fault("document_printer", "power_cut", "打印中断电"),
    plug("receipt_printer", "凭条机断开"),
    fault("receipt_printer", "paper_out", "凭条缺纸"),
    fault("receipt_printer", "paper_out_midway", "凭条断纸"),
    fault("receipt_printer", "cover_open", "凭条机开盖"),
    fault("receipt_printer", "stuck", "凭条机不动"),
    Toggle("network", "断开网络", ("cut", {}), ("mend", {}), "platform"),
    Toggle("region", "外省断网", ("cut", ELSEWHERE), ("mend", ELSEWHERE), "platform"),
    fault("platform", "error_500", "平台出错"),
    fault("platform", "file_altered", "文件被改"),
    fault("platform", "file_incomplete", "文件缺项"),
)
COLUMNS, ROW_MM = 3, 20
STAFF = "liu-min"
"""The member of staff who says yes."""


class Dock(Surface):
    """The dock: a list of people, the card, and the faults."""

    def __init__(
        self, height_mm: float, px_per_mm: float, people: list[tuple[str, str]], order: Order,
        code: Path, chip_cards: bool, terminal: str,
    ) -> None:
        """`code`: where a picture of the last paper's code lies, once there is one.

        `chip_cards`: whether the stage has a reader for them; `terminal`: its name.
        """
        super().__init__(theme.DOCK_MM, height_mm, px_per_mm)
        self._people = people
        self._order = order
        self._code = code
        self._card_of = 0
        self._face_of: int | None = 0
        self._placed = self._chip_placed = False
        self._chip_cards = chip_cards
        self._terminal = terminal
        self._phone_says = ""
        self._on: set[str] = set()
        self.cut_power: Callable[[], None] = lambda: None

    def memory(self) -> dict[str, Any]:
        """How the world stands that the dock has made, as JSON: it outlives a power cut."""
        return {
            "card_of": self._card_of, "face_of": self._face_of, "placed": self._placed,
            "chip_placed": self._chip_placed, "on": sorted(self._on),
        }

    def remember(self, said: dict[str, Any]) -> None:
        """Stand as `memory` told."""
        self._card_of, self._face_of = said["card_of"], said["face_of"]
        self._placed, self._chip_placed = said["placed"], said["chip_placed"]
        self._on = set(said["on"])

    def build(self) -> None:
        """Draw everything. The dock must be where it will stay."""
        self.clear_widgets()
        self.put(Panel(theme.PALE, radius=0), 0, 0, theme.DOCK_MM, self.height_mm)
        self.put(Text("演示台 · dev dock", theme.SMALL, theme.INK, True, "center"),
                 4, 6, theme.DOCK_MM - 8, 14)
        self._people_part(26)
        self._toggles(236)

    def _people_part(self, y: float) -> None:
        self._line("证件 · card", y)
        self._chooser("card-person", y + 14, self._people[self._card_of][1], self._next_card)
        words = "取走证件 · take card" if self._placed else "放上证件 · place card"
        self.button("card", (words, ""), self._toggle_card, (4, y + 38, theme.DOCK_MM - 8, 22),
                    primary=not self._placed, size=TYPE_MM)
        self._line("镜头前 · before the camera", y + 68)
        face = "没有人 · nobody" if self._face_of is None else self._people[self._face_of][1]
        self._chooser("face-person", y + 82, face, self._next_face)
        self._line(f"手机和工作人员 · phone, staff {self._phone_says}", y + 110)
        deeds: list[tuple[str, str, str, Callable[[], None]]] = [
            ("phone", "手机确认", "phone says yes", self._phone_says_yes),
            ("show", "手机出示码", "phone shows", self._phone_shows),
            ("take-over", "手机接手", "phone takes over", self._phone_takes_over),
            ("staff", "工作人员确认", "staff says yes", self._staff_says_yes),
            ("paper", "出示打印件", "hold the paper", self._hold_paper),
            ("keep", "申请留存", "keep a copy here", self._keep_here),
            ("power", "断电重启", "cut the power", self.cut_power),
        ]
        if self._chip_cards:
            words = "取走社保卡" if self._chip_placed else "放上社保卡"
            deeds.append(("chip", words, "chip card", self._toggle_chip))
        width = (theme.DOCK_MM - 8 - 3 * (COLUMNS - 1)) / COLUMNS
        for place, (name, words, english, press) in enumerate(deeds):
            row, column = divmod(place, COLUMNS)
            self._small(name, words, english, press,
                        (4 + column * (width + 3), y + 124 + row * ROW_MM, width))

    def _line(self, words: str, y: float) -> None:
        self.put(Text(words, TYPE_MM, theme.SOFT_INK), 5, y, theme.DOCK_MM - 10, 13)

    def _chooser(self, name: str, y: float, words: str, press: Callable[[], None]) -> None:
        self.button(name, (f"{words}  >", ""), press, (4, y, theme.DOCK_MM - 8, 22),
                    size=TYPE_MM)

    def _toggles(self, y: float) -> None:
        self._line("故障 · faults", y - 16)
        width = (theme.DOCK_MM - 8 - 3 * (COLUMNS - 1)) / COLUMNS
        for place, toggle in enumerate(TOGGLES):
            row, column = divmod(place, COLUMNS)
            self._toggle(toggle, 4 + column * (width + 3), y + row * ROW_MM, width)

    def _toggle(self, toggle: Toggle, x: float, y: float, width: float) -> None:
        self._small(
            toggle.name, toggle.words, toggle.english, partial(self._switch, toggle),
            (x, y, width), on=toggle.name in self._on,
        )

    def _small(
        self, name: str, words: str, english: str, press: Callable[[], None],
        place: tuple[float, float, float], *, on: bool = False,
    ) -> None:
        """A button with two small lines; `place`: left, top, width."""
        x, y, width = place
        self.button(name, ("", ""), press, (x, y, width, ROW_MM - 3), primary=on)
        ink = theme.WHITE if on else theme.INK
        self.put(Text(words, FAULT_MM, ink, True, "center"), x + 1, y + 1, width - 2, 8)
        self.put(Text(english, WORD_MM, ink, False, "center"), x + 1, y + 8, width - 2, 8)

    def _next_card(self) -> None:
        self._card_of = (self._card_of + 1) % len(self._people)
        self._face_of = self._card_of
        self._show_face()
        self.build()

    def _next_face(self) -> None:
        after = 0 if self._face_of is None else self._face_of + 1
        self._face_of = after if after < len(self._people) else None
        self._show_face()
        self.build()

    def _show_face(self) -> None:
        person = None if self._face_of is None else self._people[self._face_of][0]
        self._order("camera", "show", person=person)

    def _phone_says_yes(self) -> None:
        self._order("platform", "phone", person=self._people[self._card_of][0])

    def _phone_shows(self) -> None:
        picture = str(self._code.with_name("shown.png"))
        person = self._people[self._card_of][0]
        self._order("platform", "show", person=person, out=picture)
        self._order("camera", "hold", picture=picture)

    def _phone_takes_over(self) -> None:
        self._order("platform", "take_over")

    def _staff_says_yes(self) -> None:
        self._order("platform", "phone", person=STAFF)

    def phone_shows_number(self, number: str) -> None:
        """Say which number the phone shows that took the visit over; for any thread."""
        self._phone_says = f"[{number}]"
        Clock.schedule_once(lambda _: self.build())

    def _toggle_chip(self) -> None:
        self._chip_placed = not self._chip_placed
        if self._chip_placed:
            self._order("smartcard", "place", person=self._people[self._card_of][0])
        else:
            self._order("smartcard", "take")
        self.build()

    def _keep_here(self) -> None:
        person = self._people[self._card_of][0]
        self._order(
            "platform", "keep", person=person, certificate="household", copies=2,
            terminal=self._terminal,
        )

    def _hold_paper(self) -> None:
        if self._code.exists():
            self._order("camera", "hold", picture=str(self._code))

    def _toggle_card(self) -> None:
        self._placed = not self._placed
        if self._placed:
            self._order("idcard", "place", person=self._people[self._card_of][0])
        else:
            self._order("idcard", "take")
        self.build()

    def _switch(self, toggle: Toggle) -> None:
        switching_on = toggle.name not in self._on
        if switching_on:
            self._on.add(toggle.name)
        else:
            self._on = {one for one in self._on if not self._shares_clear(one, toggle)}
        do, fields = toggle.on if switching_on else toggle.off
        self._order(toggle.to, do, **fields)
        self.build()

    def _shares_clear(self, name: str, toggle: Toggle) -> bool:
        """Whether switching a fault off switches this one off as well."""
        other = next(one for one in TOGGLES if one.name == name)
        return other is toggle or (other.to == toggle.to and toggle.off[0] == "clear")
