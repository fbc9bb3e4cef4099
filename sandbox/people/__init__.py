"""The residents of the sandbox: who they are, their documents, and their drawn faces."""
