"""What a phone shows that takes a visit over. Made up, like its people."""

from html import escape

from sandbox.library.issue import Issued
from sandbox.phone_page import HEAD


def take_page(code: str, place: str) -> str:
    """Whether to take the visit: a page alone takes nothing, so that a preview does not."""
    return f"""{HEAD}<form method="post">
<p>在手机上继续办理<br>Go on with your visit on this phone<p><b>{escape(place)}</b>
<input type="hidden" name="code" value="{escape(code)}"><button>继续 · Continue</button></form>"""


def number_page(number: str) -> str:
    """The number to compare with the terminal's; asks again by itself."""
    return f"""{HEAD}<meta http-equiv="refresh" content="2">
<p>请在终端上核对这个数字<br>Compare this number with the terminal
<p class="code">{escape(number)}"""


def visit_page(certificates: list[Issued]) -> str:
    """What the phone may open, once the number was confirmed."""
    entries = "".join(
        f'<p><a href="/phone/visit/{escape(one.identifier)}">{escape(one.type.name)}</a>'
        for one in certificates
    )
    return f"{HEAD}<p>您的证照<br>Your certificates{entries}"


def no_visit_page(*, taken: bool) -> str:
    """Why a phone gets nothing."""
    if taken:
        return f"{HEAD}<p>已在另一部手机上打开。<p>Another phone has taken this."
    return f"{HEAD}<p>已失效，请看终端屏幕。<p>This is over. Please look at the terminal."
