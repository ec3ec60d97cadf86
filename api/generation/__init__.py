"""Generated answers, optional: the evidence re-worded by a language model, and checked without trust."""
