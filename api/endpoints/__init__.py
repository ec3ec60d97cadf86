"""What answers a request: a module for each kind of address, and the table of their routes."""
