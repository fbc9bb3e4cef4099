"""What a citizen's phone shows when it answers by a code of its own. Made up, like its people."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

import segno

from sandbox.people.registry import people
from sandbox.phone_page import BUTTONS, HEAD, WHERE, choice_of

HERE = BUTTONS.format("是，登录 · Yes: sign in", "否，拒绝 · No: refuse")
GONE = f"{HEAD}<p>请求无效或已过期。<p>This request is unknown, was answered, or has run out."


def authorize_page(request_uri: str, terminal: str, place: str, kinds: Mapping[str, str]) -> str:
    """Who signs in where, and what shall be printed; `kinds`: names of certificates by id."""
    options = "".join(
        f'<option value="{escape(kind)}">{escape(name)}</option>' for kind, name in kinds.items()
    )
    return f"""{HEAD}<form method="post">{WHERE.format(escape(place))}
<br>{escape(terminal)}
<p>您是否就在这台终端前？<br>Are you standing in front of it?
<input type="hidden" name="request_uri" value="{escape(request_uri)}">
<input type="hidden" name="client_id" value="{escape(terminal)}">
{choice_of(people().values())}
<select name="certificate"><option value="">在终端上选择 · Choose at the terminal</option>
{options}</select>{HERE}</form>"""


def show_page(address: str) -> str:
    """The answer as a code for the terminal's camera."""
    picture = segno.make(address, error="m", micro=False).svg_inline(scale=6, border=4)
    return f"{HEAD}<p>请将此码对准终端摄像头<br>Hold this up to the terminal's camera<p>{picture}"


def draw_shown(address: str, out: Path) -> None:
    """The same code as a picture. Raises OSError."""
    segno.make(address, error="m", micro=False).save(str(out), kind="png", scale=8, border=4)
