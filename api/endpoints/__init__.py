"""What answers a request: one module for each kind of address, and the tables of their routes."""
