"""Chosen: which quotes make the answer, what comes along with them, and where they stand among the hits."""
