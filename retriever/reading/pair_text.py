"""What is read beside a question: a quote below its page's title and headings."""


def pair_text(prefix: str, text: str) -> str:
    """The page's title and headings, and below them the text on one line."""
    return f"{prefix}\n{on_one_line(text)}" if prefix else on_one_line(text)


def on_one_line(text: str) -> str:
    """The words of a text, a space between each two."""
    return " ".join(text.split())
