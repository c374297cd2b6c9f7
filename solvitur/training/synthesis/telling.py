"""Numbers that belong to names, told: one for each name, or one for each pair of names."""

from collections.abc import Callable, Mapping

from solvitur.training.synthesis.english import listed, sentence, spin
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.tabulate import table

Write = Callable[[float], str]


def tell_each(
    story: Story, numbers: Mapping[str, float], write: Write, verb: str, head: str = ""
) -> None:
    """Tell one number for each name, in a sentence or in a list behind a head.

    Args:
        story: What it is told in.
        numbers: By name.
        write: Writes a number with its unit.
        verb: What a name does: "holds"; the words between bars are chosen among.
        head: What a list is headed by: "stock"; without it there is no list.
    """
    names = list(numbers)
    verb = spin(verb, story.draw)
    way = story.draw.one(("short", "full", "list") if head else ("short", "full"))
    written = [write(numbers[name]) for name in names]
    pairs = list(zip(names, written, strict=True))
    if way == "list":
        colon = story.draw.one((" ", ": ", " - ", " ("))
        closing = ")" if colon == " (" else ""
        story.tell(f"{head}: {', '.join(f'{n}{colon}{w}{closing}' for n, w in pairs)}")
    elif way == "full":
        story.tell(listed([f"{name} {verb} {w}" for name, w in pairs]))
    else:
        (first, w), *rest = pairs
        story.tell(listed([f"{first} {verb} {w}", *(f"{name} {w}" for name, w in rest)]))


def tell_table(
    story: Story, corner: str, columns: Mapping[str, Mapping[str, float]], caption: str = ""
) -> None:
    """Tell several numbers for each name in a table with a column for each."""
    story.kinds.add("table")
    names = list(next(iter(columns.values())))
    cells = [[story.voice.digits(numbers[name]) for numbers in columns.values()] for name in names]
    made = table(story.draw, corner, names, list(columns), cells)
    story.tell(f"{sentence(caption)[:-1]}:\n\n{made}" if caption else made)


def tell_pairs(
    story: Story,
    numbers: Mapping[str, Mapping[str, float]],
    write: Write,
    corner: str,
    caption: str,
    row: str,
    link: str,
) -> None:
    """Tell one number for each pair of names, in a table or in a sentence for each row.

    Args:
        story: What it is told in.
        numbers: By row and column.
        write: Writes a number with its unit.
        corner: What stands above the rows of a table.
        caption: What the numbers of a table are.
        row: How the sentence of a row begins; ``{row}`` is its name.
        link: What stands between a number and the name of its column: "to".
    """
    if story.draw.chance(0.6):
        columns = list(next(iter(numbers.values())))
        turned = {c: {r: cells[c] for r, cells in numbers.items()} for c in columns}
        tell_table(story, corner, turned, caption)
        return
    row = spin(row, story.draw, row="{row}")
    said = (
        f"{row.format(row=name)} {listed([f'{write(v)} {link} {c}' for c, v in cells.items()])}"
        for name, cells in numbers.items()
    )
    story.tell(" ".join(map(sentence, said)))
