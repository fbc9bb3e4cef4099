"""What the platform refuses, and how a refusal is answered."""

STATUSES = {
    "invalid_client": 401, "invalid_token": 401, "insufficient_user_authentication": 401,
    "insufficient_scope": 403,
}
"""Where it is not 400 (RFC 6749, section 5.2; RFC 6750, section 3.1; RFC 9470, section 3)."""
BY_RESOURCE = ("invalid_token", "insufficient_user_authentication", "insufficient_scope")


class Refused(Exception):
    """A request that is refused: an OAuth error code and why; `acr`: what would be enough."""

    def __init__(self, error: str, why: str, acr: tuple[str, ...] = ()) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why
        self.acr = acr

    @property
    def status(self) -> int:
        """The status of the answer."""
        return STATUSES.get(self.error, 400)

    @property
    def headers(self) -> dict[str, str]:
        """The challenge of who guards a resource; nothing from who gives tokens."""
        if self.error not in BY_RESOURCE:
            return {}
        enough = f', acr_values="{" ".join(self.acr)}"' if self.acr else ""
        return {"WWW-Authenticate": f'DPoP error="{self.error}"{enough}'}
