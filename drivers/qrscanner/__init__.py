"""Scanners of QR codes: on a serial line, as a USB keyboard, or the camera itself."""
