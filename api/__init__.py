"""The read edge: HTTP, the question page and what prints an answer."""
