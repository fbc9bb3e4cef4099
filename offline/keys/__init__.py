"""What protects the vault's data key: a TPM, else systemd-creds, else a root-only file.

`port.py` says what a keeper is, `choose.py` takes the best there is, `recovery.py` wraps the
same key for the operators. A wrapped key says of itself what wrapped it (`envelope.py`).
"""
