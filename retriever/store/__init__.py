"""The generation store: immutable, verified directories, and the pointer that says which is served."""
