"""Closings: how messages end, after which nothing is asked."""

CLOSING = (
    r"(?:thanks|thank you|thankyou|many thanks|thx|ta|cheers|much appreciated"
    r"|(?:best|warm|kind|kindest) (?:wishes|regards)|regards|all the best|god bless|bless you|yours|sincerely"
    r"|bye|goodbye|love from)\b"
)
"""A pattern of the words that a closing begins with."""
