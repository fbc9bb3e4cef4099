"""What a citizen's phone shows when it has scanned a terminal's code. Made up, like its people."""

from html import escape

from sandbox.people.registry import people, staff

HEAD = """<!doctype html><meta charset="utf-8"><title>Tongban sandbox: phone</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:18px sans-serif;max-width:26em;margin:2em auto;padding:0 1em}
.code{font:700 34px monospace;letter-spacing:.1em}button,select{font:inherit;padding:.5em 1em;
margin:.3em 0;width:100%}</style>"""


def phone_page(
    user_code: str, place: str | None, *, answered: bool = False, wants_staff: bool = False
) -> str:
    """The page for a code: whose it is, or that nobody waits for it."""
    if answered:
        return f"{HEAD}<p>已处理，请看终端屏幕。<p>Done. Please look at the terminal."
    if place is None:
        return f"{HEAD}<p>验证码无效或已过期。<p>This code is unknown or has run out."
    options = "".join(
        f'<option value="{escape(one.id)}">{escape(one.name)}</option>'
        for one in (staff() if wants_staff else people()).values()
    )
    return f"""{HEAD}<form method="post">
<p>您正在登录自助终端<br>You are signing in at<p><b>{escape(place)}</b>
<p>请核对终端屏幕上的验证码<br>Compare this code with the terminal's screen
<p class="code">{escape(user_code.upper())}
<input type="hidden" name="user_code" value="{escape(user_code)}">
<select name="person">{options}</select>
<button name="decision" value="confirm">一致，登录 · It is the same: sign in</button>
<button name="decision" value="refuse">不一致，拒绝 · It is not: refuse</button></form>"""
