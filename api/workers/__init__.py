"""Several processes that answer on one port, and the one that starts, replaces and ends them."""
