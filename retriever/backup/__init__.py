"""Backup and restore: one generation and the encoder that built it, as one archive."""
