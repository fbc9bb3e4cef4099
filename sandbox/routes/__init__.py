"""The platform's interface, a module for each of its subjects."""
