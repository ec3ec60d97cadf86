"""A section of a Markdown page that a command writes: everything between two marks, and nothing else."""

from pathlib import Path

from eval.errors import ComparisonRefused


def write_section(page: Path, name: str, markdown: str) -> None:
    """Replaces what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.

    Raises ComparisonRefused where the page does not hold both marks, in this order.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    text = page.read_text(encoding="utf-8")
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ComparisonRefused(f"{page.name} has no place for this: put a line {begin} and a line {end} into it")
    page.write_text(f"{before}{begin}\n{markdown.strip()}\n{end}{after}", encoding="utf-8")


def markdown_table(columns: list[str], rows: list[list[str]]) -> str:
    """A table whose first column is text and whose others are numbers."""
    rule = ["---", *["---:"] * (len(columns) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *rows))
