"""Links: the answers of a running service, every quote and every deep link checked."""
