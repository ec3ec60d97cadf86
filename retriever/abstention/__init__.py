"""Abstention: whether the collection holds an answer at all, and how sure that is."""
