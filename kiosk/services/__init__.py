"""What a citizen can do without signing in: read guides, leave a request, follow it up."""
