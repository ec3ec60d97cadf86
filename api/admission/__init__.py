"""Admission: who is calling, how often, and who may wait for a thread."""
