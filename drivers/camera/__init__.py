"""The camera that looks at the person before the terminal."""
