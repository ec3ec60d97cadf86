"""One small program for each system, written the way its own documentation begins; nothing here is imported twice.

Each module has `PACKAGES`, whose versions are reported, and a class `Peer` that takes the folders by name.
"""
