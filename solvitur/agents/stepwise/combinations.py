"""A sum of decisions that a sentence speaks of: "5 times X plus twice Y", "X and Z combined"."""

import re
from collections.abc import Sequence

_SUM = re.compile(
    r"\b(?:sums?|plus|combined|combination|combining|together|weighted|added|multiplied)\b"
    r"|\btimes\b.*\band\b.*\btimes\b|\(with an? (?:factor|weight|coefficient) of",
    re.IGNORECASE | re.DOTALL,
)
_MINUS = re.compile(r"\b(?:minus|subtract\w*|reduced by)\b", re.IGNORECASE)
_DIFFERENCE = re.compile(r"\bdifference\b(?P<between>.*\bbetween\b)?", re.IGNORECASE | re.DOTALL)
_MULTIPLIED = re.compile(
    r"\b(?:multiplied by|weighted (?:by|with)|counted as|with an? (?:factor|weight|coefficient) of)"
    r"[\s$]*\Z",
    re.IGNORECASE,
)

Placed = tuple[int, str]
"""Where something stands in the text, and what."""


def speaks_of_sum(text: str) -> bool:
    """Whether it adds or subtracts in words."""
    return any(words.search(text) for words in (_SUM, _MINUS, _DIFFERENCE))


def combination(text: str, mentions: Sequence[Placed], factors: Sequence[Placed]) -> str | None:
    """Write the sum that a part of a sentence speaks of, or ``None`` where it speaks of none.

    A factor belongs to the decision that is named next after it. A difference "between" two things
    has no direction.

    Args:
        text: The words.
        mentions: The decisions that they name, each time, in order.
        factors: The numbers in them that may multiply a decision, in order.

    Example:
        >>> text = "twice the hours of X plus the hours of Y"
        >>> combination(text, [(18, "x"), (38, "y")], [(0, "twice")])
        'twice * x + y'
        >>> combination("the difference between X and Y", [(23, "x"), (29, "y")], [])
        'abs(x - y)'
        >>> combination("X and Y", [(0, "x"), (6, "y")], []) is None
        True
    """
    parts = list(dict.fromkeys(name for _, name in mentions))
    owners = _owners(text, mentions, factors)
    if len(parts) < 2 or owners is None or not speaks_of_sum(text):
        return None
    places = {name: place for place, name in reversed(mentions)}
    places |= {name: place for name, (place, _) in owners.items()}
    parts.sort(key=lambda name: places[name])
    difference = None if _MINUS.search(text) else _DIFFERENCE.search(text)
    written = ""
    for before, name in zip([None, *parts], parts, strict=False):
        between = text[places[before] : places[name]] if before else ""
        is_less = before and (difference or _MINUS.search(between))
        factor = f"{owners[name][1]} * " if name in owners else ""
        written += f" {'-' if is_less else '+'} {factor}{name}"
    written = written.removeprefix(" + ")
    return f"abs({written})" if difference and difference["between"] else written


def _owners(
    text: str, mentions: Sequence[Placed], factors: Sequence[Placed]
) -> dict[str, Placed] | None:
    """Give each decision its factor, with the place where the two meet."""
    owners: dict[str, Placed] = {}
    for place, factor in factors:
        before = [each for each in mentions if each[0] < place]
        after = [each for each in mentions if each[0] > place]
        ahead = before and (_MULTIPLIED.search(text[:place]) or not after)
        at, name = before[-1] if ahead else after[0] if after else (0, "")
        if not name or name in owners:
            return None
        owners[name] = (at, factor)
    return owners
