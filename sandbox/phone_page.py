"""What a citizen's phone shows of a terminal that waits for it. Made up, like its people."""

from collections.abc import Callable, Iterable
from html import escape

from sandbox.people.registry import Person, people, staff
from sandbox.phone import Waiting

HEAD = """<!doctype html><meta charset="utf-8"><title>Tongban sandbox: phone</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:18px sans-serif;max-width:26em;margin:2em auto;padding:0 1em}
.code{font:700 34px monospace;letter-spacing:.1em}button,select{font:inherit;padding:.5em 1em;
margin:.3em 0;width:100%}</style>"""
WHERE = "<p>您正在登录自助终端<br>You are signing in at<p><b>{}</b>"
BUTTONS = """<button name="decision" value="confirm">{}</button>
<button name="decision" value="refuse">{}</button>"""
SAME = BUTTONS.format("一致，登录 · It is the same: sign in", "不一致，拒绝 · It is not: refuse")


def phone_page(
    user_code: str, place: str | None, *, answered: bool = False, wants_staff: bool = False
) -> str:
    """The page for a code: whose it is, or that nobody waits for it."""
    if answered:
        return f"{HEAD}<p>已处理，请看终端屏幕。<p>Done. Please look at the terminal."
    if place is None:
        return f"{HEAD}<p>验证码无效或已过期。<p>This code is unknown or has run out."
    choices = staff() if wants_staff else people()
    return HEAD + _question(user_code, place, user_code.upper(), choices.values())


def calls_page(who: Person, calls: Iterable[Waiting], place: Callable[[str], str]) -> str:
    """What somebody's phone shows when it is called: every call, with its message."""
    questions = [
        _question(one.user_code, place(one.terminal), one.message, [who]) for one in calls
    ]
    return HEAD + ("".join(questions) or "<p>没有待处理的请求。<p>Nothing waits for you.")


def choice_of(who: Iterable[Person]) -> str:
    """Whose phone it is."""
    options = "".join(
        f'<option value="{escape(one.id)}">{escape(one.name)}</option>' for one in who
    )
    return f'<select name="person">{options}</select>'


def _question(user_code: str, place: str, code: str, who: Iterable[Person]) -> str:
    return f"""<form method="post" action="/phone">
{WHERE.format(escape(place))}
<p>请核对终端屏幕上的验证码<br>Compare this code with the terminal's screen
<p class="code">{escape(code)}
<input type="hidden" name="user_code" value="{escape(user_code)}">
{choice_of(who)}{SAME}</form>"""
