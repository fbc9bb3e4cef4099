"""What a technician uses, and the stage on which a terminal can be shown."""
