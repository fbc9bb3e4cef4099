"""A stand-in for the government side, so that a terminal can be run and tested anywhere.

Everything here is made up: residents, departments, certificates, keys. It is never
part of an installed terminal.
"""
