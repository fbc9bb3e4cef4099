"""Coverage-guided fuzzing of everything that reads bytes from a device (`make fuzz`)."""
