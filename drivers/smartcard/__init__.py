"""Chip cards over PC/SC: the social-security card, and resident cards on readers with a SAM."""
