"""Writes OFD files, sealed and signed in the ways that are in use, for the library and tests."""
