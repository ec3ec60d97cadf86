"""Wanted: what a question asks of a quote, read off it once."""
