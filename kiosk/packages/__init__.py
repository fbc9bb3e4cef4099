"""Certificates that are kept for when there is no line (docs/sealed-packages.md)."""
