"""The commands that write: ingest, lint, watch, and what `footnoted index` does."""
