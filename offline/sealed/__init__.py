"""Sealed packages: certificates that their holders asked to be kept here."""
