"""Which terminal a request comes from."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Form

from sandbox.identity import IdentityService


def terminal_of(identity: IdentityService) -> Callable[..., str]:
    """The terminal that authenticates with a request, for `Depends`."""

    def terminal(
        client_assertion_type: Annotated[str, Form()], client_assertion: Annotated[str, Form()]
    ) -> str:
        return identity.authenticate(client_assertion_type, client_assertion)

    return terminal
