"""The receipt printer: ESC/POS over network, serial line, USB or a file."""
