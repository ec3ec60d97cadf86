"""Datasets: questions whose answers are known, read from files or made from a collection."""
