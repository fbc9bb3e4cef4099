"""Limits that protect: how often somebody may try, and how often the platform is asked."""
