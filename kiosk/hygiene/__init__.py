"""That nothing of a citizen stays behind: in memory, on the disk, in dumps (docs/privacy.md)."""
