"""The processes beside an ingest: files that may be a burden are parsed, and many are read ahead, there."""
