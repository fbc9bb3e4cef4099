"""Tests, in folders that mirror the code; `whole` holds those of the whole terminal."""
