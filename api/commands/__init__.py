"""The commands that read: ask, serve, doctor, keys, mcp, completion."""
