"""What a message is when it is typed or piped in: where it ends, and what may follow a word."""

from collections.abc import Iterable, Iterator

BLOCK = '"""'
"""What begins and ends a message of several lines."""
_GOES_ON = "\\"


def goes_on(typed: str) -> bool:
    r"""Whether a message is not at its end: a block is open, or the line ends with a backslash.

    >>> goes_on('\"\"\"A baker'), goes_on('\"\"\"A baker.\"\"\"'), goes_on("A baker \\")
    (True, False, True)
    """
    return typed.count(BLOCK) % 2 == 1 or typed.endswith(_GOES_ON)


def message(typed: str) -> str:
    r"""Give the words of a message as it was typed, without what only said where it ends.

    >>> message('\"\"\"\nA baker\nsells.\n\"\"\"')
    'A baker\nsells.'
    >>> message("A baker \\\nsells.")
    'A baker \nsells.'
    """
    words = typed.replace(f"{_GOES_ON}\n", "\n").replace(BLOCK, "")
    return words.strip()


def messages(lines: Iterable[str]) -> Iterator[str]:
    r"""Give the messages in lines that are piped in: one a line, or several lines in a block.

    >>> list(messages(['\"\"\"A baker\n', 'sells.\"\"\"\n', '\n', 'Why?\n', '/quit']))
    ['A baker\nsells.', 'Why?', '/quit']
    """
    typed = ""
    for line in lines:
        typed += line.rstrip("\r\n")
        if goes_on(typed):
            typed += "\n"
            continue
        if words := message(typed):
            yield words
        typed = ""
    if words := message(typed):
        yield words
