"""Other retrieval libraries on the same passages, questions, model and machine, each in its own environment."""
