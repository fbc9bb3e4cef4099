"""The proof on a printed copy."""
