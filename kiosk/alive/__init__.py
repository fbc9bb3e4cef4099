"""Staying alive: starts that end in a defined state, the watchdog, the clock, the disk."""
