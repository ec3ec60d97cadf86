"""What is evaluated: an index in this process, a running service, or another system's run."""
