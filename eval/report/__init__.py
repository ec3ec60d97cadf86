"""The report: one page for a browser, and tables for a terminal."""
