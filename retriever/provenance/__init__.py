"""Provenance: where a passage stands, whether it still stands there, for whom it is and how old."""
