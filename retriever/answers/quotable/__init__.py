"""Quotable: what of a passage may be shown alone, whatever was asked."""
