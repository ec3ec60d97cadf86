"""Encoding: what runs a sentence model, and how the one that built an index is found again."""
