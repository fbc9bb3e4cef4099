"""The window of a terminal that cannot even begin: no configuration, or no fonts.

There is always a picture. Without the terminal's own fonts it is drawn with Kivy's, which
has Latin letters only: a sign, and English words.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from kiosk.alive import heart
from kiosk.alive.beginning import AGAIN_SECONDS
from kiosk.alive.notify import READY, STOPPING, Notifier
from kiosk.alive.obstacle import Obstacle
from kiosk.alive.status import status_of
from kiosk.config import ScreenSection
from kiosk.errors import errors
from kiosk.reasons import Reason
from kiosk.visit.personal import Visit
from kiosk.visit.states import State, Step
from kiosk.words import ENGLISH, say
from screens import environment, theme

PANEL = ScreenSection()


def run_closed(obstacle: Obstacle, in_the_way: Callable[[], bool]) -> bool:
    """Show why until that is no longer in the way (True), or until the window is closed."""
    environment.prepare(PANEL.width, PANEL.height, PANEL.fullscreen)
    return asyncio.run(_run(obstacle, in_the_way))


async def _run(obstacle: Obstacle, in_the_way: Callable[[], bool]) -> bool:
    from kivy.base import EventLoop, async_runTouchApp, stopTouchApp
    from kivy.core.window import Window
    from kivy.uix.widget import Widget

    from screens.app import first_frames, stop_on_signal
    from screens.pulse import Pulse

    notifier = Notifier.of_process()
    root = Widget(size=(PANEL.width, PANEL.height))
    root.add_widget(_picture(obstacle))
    Window.set_title("Tongban")
    Window.clearcolor = theme.PAPER
    stop_on_signal(stopTouchApp)
    gone = False

    async def live() -> None:
        nonlocal gone
        await first_frames(EventLoop)
        state = State(Step.OUT_OF_SERVICE, reason=obstacle.reason)
        notifier.tell(READY, status=status_of(state))
        beating = asyncio.create_task(heart.beat(notifier, Pulse(Window)))
        try:
            while await asyncio.to_thread(in_the_way):
                await asyncio.sleep(AGAIN_SECONDS)
            gone = True
            stopTouchApp()
        finally:
            beating.cancel()

    living = asyncio.create_task(live())
    await async_runTouchApp(root, async_lib="asyncio")
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
    if not gone:
        notifier.tell(STOPPING)
    return gone


def _picture(obstacle: Obstacle) -> Any:
    """The usual screen, or one that needs no fonts of ours."""
    if obstacle.reason is Reason.NO_FONTS:
        return _without_fonts(obstacle.reason)
    from screens.base import Ui
    from screens.view import KioskView

    per_mm = PANEL.px_per_mm
    ui = Ui(
        PANEL.width / per_mm, PANEL.height / per_mm, per_mm, "", "", "", Visit(), lambda _: None
    )
    view = KioskView(ui)
    view.build()
    view.show(State(Step.OUT_OF_SERVICE, reason=obstacle.reason))
    return view


def _without_fonts(reason: Reason) -> Any:
    """A sign that needs no words, and English ones in Kivy's own font."""
    from kivy.uix.label import Label

    from screens.icons import Icon
    from screens.widgets import Surface

    per_mm = PANEL.px_per_mm
    wide, high = PANEL.width / per_mm, PANEL.height / per_mm
    surface = Surface(wide, high, per_mm)
    surface.put(Icon("closed", theme.ACCENT), (wide - 90) / 2, high * 0.16, 90, 90)
    words = errors()[reason]
    lines = (
        (say("out_of_service.title", ENGLISH), theme.HUGE, theme.INK),
        (words.en_title, theme.TITLE, theme.INK),
        (say("out_of_service.nearest", ENGLISH), theme.LARGE, theme.SOFT_INK),
        (str(reason), theme.SMALL, theme.SOFT_INK),
    )
    for place, (text, size, colour) in enumerate(lines):
        label = Label(
            text=text, font_size=size * per_mm, color=colour, halign="center", valign="middle",
            size=((wide - 2 * theme.MARGIN) * per_mm, 40 * per_mm),
            pos=(theme.MARGIN * per_mm, (high * 0.84 - 140 - place * 44) * per_mm),
        )
        label.text_size = label.size
        surface.add_widget(label)
    return surface
