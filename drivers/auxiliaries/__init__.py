"""What stands around the screen: sensors, switches, lights, keypad, power supply, volume."""
