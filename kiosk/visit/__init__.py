"""One citizen's visit: states, events, transitions, effects.

`transitions.transition` is pure. `engine.VisitEngine` runs it on the event loop,
`attendant.Attendant` carries out its effects, and `personal.Visit` holds what is
personal, so that nothing of it passes through states, events or the audit.
"""
