"""What must survive: power cuts, kills, a bad line, many visits. `python -m bench chaos`."""
