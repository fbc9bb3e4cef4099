"""Electronic certificates: list, fetch, verify, draw, and prepare the printed copy."""
