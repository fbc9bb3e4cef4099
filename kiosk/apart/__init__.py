"""Device processes: drivers run apart from the screen, and die without taking it along."""
