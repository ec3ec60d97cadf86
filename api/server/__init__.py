"""The listening side: connections, their deadlines, and what is refused before the application is called."""
