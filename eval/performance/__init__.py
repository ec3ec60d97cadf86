"""Performance: time, memory, load and growth, as commands."""
