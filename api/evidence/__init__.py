"""Evidence for a bot that keeps a gate of its own: trusted pages, or why it should not answer."""
