"""What the identity service refuses."""


class Refused(Exception):
    """A request that the identity service refuses: an OAuth error code and why."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why
