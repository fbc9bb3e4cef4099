"""Opens the window, shows the first screen at once, and brings the terminal up behind it."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screens import environment, fonts

if TYPE_CHECKING:
    from kiosk.alive.life import Life
    from kiosk.alive.obstacle import Obstacle
    from kiosk.config import Config
    from kiosk.hygiene.scratch import Scratch
    from kiosk.terminal import Terminal
    from kiosk.visit.events import Event
    from kiosk.visit.personal import Visit
    from screens.base import Ui

log = logging.getLogger(__name__)

Extra = Callable[[Any, "Terminal"], None]


def run_configured(path: Path) -> int:
    """Run a terminal from its configuration file; the exit status.

    Where it cannot even begin, a screen says why until it can; without a display, one line.
    """
    from kiosk.config import load
    from kiosk.hygiene.scratch import Scratch

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    obstacle = in_the_way(path)
    if obstacle is None:
        config = load(path)
        scratch = Scratch.open(config.terminal.id)
        scratch.use()
        return run(config, scratch=scratch)
    print(obstacle.detail, file=sys.stderr)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return 2
    from screens.closed import run_closed

    if run_closed(obstacle, lambda: in_the_way(path) is not None):
        # Fonts and window belong to what was wrong: the program begins anew, as itself.
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606
    return 0


def in_the_way(path: Path) -> "Obstacle | None":
    """Why there can be no terminal in its own clothes: no fonts, or no configuration."""
    from kiosk.alive.obstacle import Obstacle
    from kiosk.config import BadConfiguration, load
    from kiosk.hygiene.scratch import NoScratch, Scratch
    from kiosk.reasons import Reason

    try:
        fonts.require()
        Scratch.open(load(path).terminal.id)
    except fonts.NoFonts as error:
        return Obstacle(Reason.NO_FONTS, str(error))
    except (BadConfiguration, NoScratch) as error:
        return Obstacle(Reason.BAD_CONFIGURATION, str(error))
    return None


def run(
    config: "Config", beside_px: int = 0, extra: Extra | None = None,
    scratch: "Scratch | None" = None,
) -> int:
    """Run until the window is closed; the exit status.

    `beside_px` is room to the right of the kiosk; `extra(root, terminal)` may fill it;
    `scratch` is where temporary files go.
    """
    # Until all is loaded there is nothing for the collector to find: a fifth of the start.
    gc.disable()
    screen = config.screen
    environment.prepare(screen.width + beside_px, screen.height, screen.fullscreen)
    return asyncio.run(_run(config, beside_px, extra, scratch))


async def _run(
    config: "Config", beside_px: int, extra: Extra | None, scratch: "Scratch | None"
) -> int:
    from kivy.base import EventLoop, async_runTouchApp, stopTouchApp
    from kivy.core.window import Window
    from kivy.uix.widget import Widget

    from kiosk.alive import heart
    from kiosk.alive.life import Life
    from kiosk.alive.notify import READY
    from kiosk.visit.personal import Visit
    from kiosk.visit.states import State, Step
    from screens.pulse import Pulse
    from screens.view import KioskView

    visit = Visit()
    terminals: list[Terminal] = []

    def send(event: Any) -> None:
        # Before the terminal is there, nothing that is touched means anything.
        for terminal in terminals:
            terminal.engine.send(event)

    def told() -> Mapping[str, str]:
        return next((one.technician.told for one in terminals if one.technician), {})

    view = KioskView(_ui(config, visit, send, told))
    root = Widget(size=(config.screen.width + beside_px, config.screen.height))
    view.build()
    view.show(State())
    root.add_widget(view)
    Window.set_title("Tongban")
    Window.clearcolor = (0.9, 0.92, 0.95, 1)
    life = Life.of_process(config)
    stop_on_signal(stopTouchApp)

    def show(state: State) -> None:
        view.show(state)
        life.tell(state)

    async def bring_up() -> None:
        await first_frames(EventLoop)
        life.notifier.tell(READY)
        beating.append(asyncio.create_task(heart.beat(life.notifier, Pulse(Window))))
        from kiosk.terminal import Terminal

        terminal = await life.beginning.bring_up(
            lambda: Terminal(config, visit, machine=life.machine, scratch=scratch),
            lambda obstacle: show(State(Step.OUT_OF_SERVICE, reason=obstacle.reason)),
        )
        show(State())
        terminals.append(terminal)
        terminal.engine.observe(lambda state, _: show(state))
        if extra is not None:
            extra(root, terminal)
        while view.prebuild():
            await asyncio.sleep(0.02)
        await terminal.start()
        # What is built by now stays: the collector need not look at it in a visit,
        # where that would cost several frames.
        gc.collect()
        gc.freeze()
        gc.enable()
        await life.beginning.become_healthy()

    beating: list[asyncio.Task[None]] = []
    bringing_up = asyncio.create_task(_or_stop(bring_up, stopTouchApp))
    await async_runTouchApp(root, async_lib="asyncio")
    await _end(life, [bringing_up, *beating], terminals)
    return 0


async def _end(
    life: "Life", tasks: list[asyncio.Task[None]], terminals: list["Terminal"]
) -> None:
    """Stop everything, in order; raises what has broken."""
    from kiosk.alive.notify import STOPPING

    life.notifier.tell(STOPPING)
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for terminal in terminals:
        await terminal.stop()
    for failed in results:
        if isinstance(failed, Exception):
            raise failed
    life.beginning.stop()


def _ui(
    config: "Config", visit: "Visit", send: "Callable[[Event], None]",
    told: Callable[[], Mapping[str, str]],
) -> "Ui":
    """What the screens of a terminal are given."""
    from screens.base import Ui

    panel, own = config.screen, config.terminal
    return Ui(
        panel.width / panel.px_per_mm, panel.height / panel.px_per_mm, panel.px_per_mm,
        own.place_zh, own.place_en, own.id, visit, send, own.nearest_zh, own.nearest_en,
        told,
    )


def stop_on_signal(stop: Callable[[], None]) -> None:
    """End in order when the service manager asks for it."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)


async def _or_stop(work: Callable[[], Awaitable[None]], stop: Callable[[], None]) -> None:
    """Do the work; if it fails, close the window so that the failure is told."""
    try:
        await work()
    except Exception:
        stop()
        raise


async def first_frames(loop: Any) -> None:
    """Return when the first screen has been drawn."""
    while not loop.window or getattr(loop, "status", "") != "started":
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
