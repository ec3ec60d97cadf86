"""Tables of a page as chat clients draw them; a quote has tabs between its cells, which Markdown ignores."""

from itertools import groupby


def with_tables(text: str) -> str:
    """The text with each group of lines that hold tabs as a Markdown table, its first line as the heading."""
    blocks: list[str] = []
    for is_table, lines in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if not is_table:
            blocks.append("\n".join(lines))
            continue
        if blocks and blocks[-1].strip() and not blocks[-1].endswith("\n"):
            blocks[-1] += "\n"  # without an empty line before it Markdown sees no table
        blocks.append(_table([line.split("\t") for line in lines]))
    return "\n".join(blocks)


def _table(rows: list[list[str]]) -> str:
    columns = max(len(row) for row in rows)
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    lines = [f"| {' | '.join(cell.strip().replace('|', chr(92) + '|') for cell in row)} |" for row in full]
    return "\n".join([lines[0], f"|{' --- |' * columns}", *lines[1:]])
