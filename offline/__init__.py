"""What a terminal keeps for itself: vault, outbox, audit, sync jobs, sealed packages.

Imports nothing of ours. Everything durable is in one encrypted SQLite file (`store.py`);
`vault.py` gives it to the event loop, and the other modules say what stands in it.
"""
