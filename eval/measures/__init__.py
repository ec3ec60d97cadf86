"""Measures: what was found against what is known, with intervals and paired tests."""
