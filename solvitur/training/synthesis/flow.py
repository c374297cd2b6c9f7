"""How sentences follow each other: alone, joined to one, or with a word that leads on."""

from collections.abc import Sequence
from dataclasses import dataclass

from solvitur.training.synthesis.draw import Draw

_LEADS = ("In addition", "Moreover", "Also", "Furthermore", "Besides", "At the same time")
_BEGINNINGS = frozenset(
    (
        *("At", "No", "Not", "The", "There", "Up", "Only", "A"),
        *("An", "Each", "Every", "Exactly", "Fewer", "Less", "More", "Of"),
        *("It", "To", "Due", "Because", "For", "Under", "By", "On"),
        *("As", "According"),
    )
)
"""Words that a sentence may begin with and that are written small within one."""
_DEMANDS = (" must ", " need to ", " needs to ", " have to ", " has to ")


@dataclass(frozen=True)
class Piece:
    """Some sentences, or a table, that stay together."""

    text: str
    is_aside: bool = False
    """Whether it says nothing that the problem is about."""

    @property
    def is_block(self) -> bool:
        """Whether it stands on lines of its own."""
        return "\n" in self.text

    @property
    def inner(self) -> str | None:
        """The text as it stands within a sentence; ``None`` where it cannot."""
        is_one = self.text.endswith(".") and ". " not in self.text and not self.is_block
        if not is_one or self.text.partition(" ")[0].rstrip(",") not in _BEGINNINGS:
            return None
        return self.text[0].lower() + self.text[1:-1]


def flowing(draw: Draw, pieces: Sequence[Piece]) -> list[Piece]:
    """Join some of the sentences, or lead on from one to the next; many texts do neither.

    Example:
        >>> limits = [Piece("At most 5 kites can be made."), Piece("The budget is $20.")]
        >>> " ".join(piece.text for piece in flowing(Draw("5"), limits))
        'At most 5 kites can be made, and the budget is $20.'
    """
    way = draw.one(("alone", "alone", "joined", "leading"))
    leads = draw.order(_LEADS)
    made: list[Piece] = []
    for piece in pieces:
        inner, before = piece.inner, made[-1] if made else None
        if way == "alone" or inner is None or before is None or draw.chance(0.5):
            made.append(piece)
        elif way == "leading" and leads:
            made.append(Piece(f"{leads.pop()}, {inner}."))
        elif before.inner is not None and ", " not in before.text:
            made[-1] = Piece(f"{before.text[:-1]}, and {inner}.")
        else:
            made.append(piece)
    return made


def conditional(draw: Draw, pieces: Sequence[Piece], goal: str) -> tuple[list[Piece], str]:
    """Sometimes ask the question on the condition that the last sentence states.

    Example:
        >>> demand = Piece("At least 5 kites must be made.")
        >>> conditional(Draw("4"), [demand], "How many of each are best?")
        ([], 'If at least 5 kites must be made, how many of each are best?')
    """
    *rest, last = pieces
    inner = last.inner
    is_demand = inner is not None and any(word in inner for word in _DEMANDS)
    if not is_demand or not goal.startswith("How many ") or not draw.chance(0.3):
        return list(pieces), goal
    return rest, f"If {inner}, {goal[0].lower()}{goal[1:]}"
