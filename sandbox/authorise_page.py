"""What a phone shows to somebody who authorises somebody else. Made up, like its people."""

from html import escape

from sandbox.authorisations import Authorisation
from sandbox.library.types import certificate_types
from sandbox.people.registry import Person, people
from sandbox.phone_page import HEAD

DAYS = (1, 30, 180)


def authorise_page(person: Person | None, given: list[Authorisation]) -> str:
    """The page of a person: what was given, each with its way back, and a new one."""
    if person is None:
        return f"""{HEAD}<form method="get"><p>您是<br>You are
<select name="person">{_people()}</select><button>下一步 · Next</button></form>"""
    return f"""{HEAD}<p><b>{escape(person.name)}</b>
{"".join(_given(person, one) for one in given)}
<form method="post"><input type="hidden" name="person" value="{escape(person.id)}">
<p>授权给<br>Authorise<select name="agent">{_people(without=person)}</select>
<p>代办这些证照<br>To handle these certificates{_kinds(person)}
<p>有效期<br>For<select name="days">{_days()}</select>
<button>授权 · Authorise</button></form>"""


def _given(person: Person, one: Authorisation) -> str:
    names = "、".join(certificate_types()[kind].name for kind in one.types)
    return f"""<form method="post" action="/phone/authorise/revoke">
<p>{escape(one.agent.name)}: {escape(names)}, 至 until {one.until.isoformat()}
<input type="hidden" name="person" value="{escape(person.id)}">
<input type="hidden" name="authorisation" value="{escape(one.id)}">
<button>撤销 · Take back</button></form>"""


def _people(without: Person | None = None) -> str:
    return "".join(
        f'<option value="{escape(one.id)}">{escape(one.name)}</option>'
        for one in people().values() if one is not without
    )


def _kinds(person: Person) -> str:
    held = dict.fromkeys(one.type for one in person.certificates)
    return "".join(
        f'<p><label><input type="checkbox" name="types" value="{kind}">'
        f"{escape(certificate_types()[kind].name)}</label>"
        for kind in held
    )


def _days() -> str:
    return "".join(f'<option value="{one}">{one} 天 days</option>' for one in DAYS)
