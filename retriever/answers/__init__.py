"""Answers: the stretches of the passages that may stand for themselves, and which of them answer."""
