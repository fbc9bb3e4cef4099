"""What is fetched from the platform ahead of need, kept whole, and used without a line."""
