"""The A4 printer: IPP, to a printer or to a CUPS queue alike."""
