"""The audit: a chain of hashes in the vault, checkpoints signed by the terminal, a verifier."""
