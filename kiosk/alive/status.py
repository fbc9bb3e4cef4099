"""One word on how the terminal is, for whoever runs the machine: never who is before it."""

from kiosk.visit.states import State, Step


def status_of(state: State) -> str:
    """What `systemctl status` shows."""
    match state.step:
        case Step.STARTING:
            return "getting ready"
        case Step.OUT_OF_SERVICE:
            return f"out of service: {state.reason}"
        case Step.TECHNICIAN:
            return "a technician"
        case Step.IDLE:
            return "in service"
    return "in service, a visit"
