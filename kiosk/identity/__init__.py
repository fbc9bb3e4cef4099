"""The unified identity service as seen from a terminal."""
