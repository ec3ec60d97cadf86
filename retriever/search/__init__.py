"""Search: terms and vectors to scored passages, exact and deterministic."""
