"""Hardware: one folder for each kind of device, all of the same shape.

Every folder holds `port.py` (interface and typed results), `protocol.py` (bytes in,
bytes out, no input or output), `driver.py` (the thread and the wire), `simulator.py`
(the same protocol from the other side) and `__main__.py` (its own command line).
Nothing here imports `kiosk`, `screens` or `offline`.
"""
