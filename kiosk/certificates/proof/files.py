"""What the two lists for printed copies are called in a terminal's folder."""

KEYS_FILE, STATUS_FILE = "paper-keys.cose", "paper-status.cose"
