"""The sandbox's own switches: faults on demand, and terminals that are let in."""

from fastapi import FastAPI, HTTPException

from sandbox.faults import FAULTS, Faults
from sandbox.identity import IdentityService
from sandbox.routes.models import Registration, Switch


def add_switches(app: FastAPI, identity: IdentityService, faults: Faults) -> None:
    """What tests and demos switch; no province has these."""
    @app.get("/sandbox/faults", tags=["sandbox"])
    async def list_faults() -> dict[str, str]:
        """The faults that can be switched on."""
        return FAULTS

    @app.post("/sandbox/faults", tags=["sandbox"])
    async def switch(order: Switch) -> dict[str, bool]:
        """Switch a fault on or off."""
        try:
            faults.switch(order.name, order.on)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return {name: name in faults for name in FAULTS}

    @app.delete("/sandbox/faults", tags=["sandbox"])
    async def clear() -> dict[str, bool]:
        """Switch all faults off."""
        faults.clear()
        return {name: name in faults for name in FAULTS}

    @app.post("/sandbox/terminals", tags=["sandbox"])
    async def register(registration: Registration) -> dict[str, str]:
        """Let a terminal in. In a province this is the work of its operators."""
        identity.register(
            registration.terminal, registration.public_key, registration.place
        )
        return {"terminal": registration.terminal}
