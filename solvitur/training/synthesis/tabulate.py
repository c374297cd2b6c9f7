"""Tables as they stand in a text: Markdown, aligned columns, or values parted by commas."""

from collections.abc import Sequence

from solvitur.training.synthesis.draw import Draw


def table(
    draw: Draw,
    corner: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
) -> str:
    """Write a table in one of the usual forms.

    Example:
        >>> print(table(Draw("4"), "from", ["Ash"], ["Bay", "Cove"], [["4", "5"]]))
        | from | Bay | Cove |
        | --- | --- | --- |
        | Ash | 4 | 5 |
    """
    lines = [[corner, *columns], *([row, *each] for row, each in zip(rows, cells, strict=True))]
    way = draw.one(("markdown", "markdown", "aligned", "commas"))
    if way == "commas" and not any("," in cell for line in lines for cell in line):
        return "\n".join(", ".join(line) for line in lines)
    if way == "aligned":
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = (
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            for line in lines
        )
        return "\n".join(line.rstrip() for line in padded)
    return markdown(lines)


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """Write a table, whose first line is its head, as Markdown."""
    head, *rows = lines
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))
