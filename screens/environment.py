"""Kivy's settings, made before Kivy is first imported: its own home, one input, no logs.

Import this first in whatever opens a window.
"""

import logging
import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.gettempdir()) / f"tongban-kivy-{os.getuid()}"


def prepare(width: int, height: int, fullscreen: bool) -> None:
    """Settle Kivy's environment and configuration for a window of this size."""
    HOME.mkdir(exist_ok=True, mode=0o700)
    os.environ["KIVY_HOME"] = str(HOME)
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    # Kivy's own mode would take standard error, and tracebacks with it.
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    logging.getLogger("kivy").setLevel(logging.WARNING)
    os.environ.setdefault("KIVY_METRICS_DENSITY", "1")
    from kivy.config import Config

    # The panel would otherwise be read twice, as mouse and as touch device.
    for device in list(Config.items("input") if Config.has_section("input") else []):
        Config.remove_option("input", device[0])
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "keyboard_mode", "")
    Config.set("graphics", "width", str(width))
    Config.set("graphics", "height", str(height))
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "multisamples", "0")
    Config.set("graphics", "maxfps", "60")
    Config.set("graphics", "fullscreen", "auto" if fullscreen else "0")
    Config.set("graphics", "show_cursor", "0" if fullscreen else "1")
