"""The resident ID-card reader: the SDT/SAM protocol over a serial line."""
