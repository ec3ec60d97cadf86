"""What observers see of a running service: its health, metrics, logs and traces."""
