"""Judged: how well one quote answers what is wanted, and what speaks against it."""
