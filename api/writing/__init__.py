"""Writing over HTTP: one change at a time, each durable and visible, or undone."""
