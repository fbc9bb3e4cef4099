"""Benchmarks: `python -m bench NAME --json` measures ours and a floor or peer in one run."""
