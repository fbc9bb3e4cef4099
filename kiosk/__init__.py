"""What a terminal knows and decides. Imports no Kivy and no device library."""
