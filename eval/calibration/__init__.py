"""Calibration: the judgment of what a collection can answer, fitted to it."""
