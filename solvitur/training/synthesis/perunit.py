"""What one unit of each of several things takes or brings, and the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from solvitur.training.synthesis.english import a, listed, plural
from solvitur.training.synthesis.tabulate import table
from solvitur.training.synthesis.vocabulary import Quantity, Thing
from solvitur.training.synthesis.voice import Voice


@dataclass(frozen=True)
class PerUnit:
    """A quantity of every thing."""

    quantity: Quantity
    verb: str
    """What one unit does: "needs"; "has" before a measure of its own, such as a weight."""
    name: str
    """The parameter's name."""
    values: tuple[float, ...]

    @property
    def is_measure(self) -> bool:
        """Whether it is said with its name first: "a weight of 3 kilograms"."""
        return self.verb == "has" or self.quantity.unit == "point"

    def planned(self, plan: Sequence[float]) -> float:
        """What a plan takes or brings in all: so much, or so many, of each thing."""
        return sum(value * count for value, count in zip(self.values, plan, strict=True))

    def said(self, place: int, voice: Voice) -> tuple[str, str]:
        """Give the verb, and how much of it there is in one unit of a thing."""
        quantity, value = self.quantity, self.values[place]
        written = amount(quantity, value, voice)
        if self.is_measure or (quantity.is_money and self.verb not in ("costs", "sells for")):
            return self.verb, f"{a(quantity.name)} of {size(quantity, value, voice)}"
        return self.verb, written


def amount(quantity: Quantity, value: float, voice: Voice) -> str:
    """Write an amount of something: "500 grams of flour", "$20", "4 minutes"."""
    if quantity.is_money or quantity.name == "time":
        return size(quantity, value, voice)
    return voice.amount(value, quantity.name, quantity.unit)


def size(quantity: Quantity, value: float, voice: Voice) -> str:
    """Write an amount without saying of what: "500 grams"."""
    return voice.money(value) if quantity.is_money else voice.size(value, quantity.unit)


def told_by_thing(
    things: Sequence[Thing], rows: Sequence[PerUnit], voice: Voice, start: str = ""
) -> list[str]:
    """Tell all about one thing, then about the next: a sentence for each."""
    start = start or voice.draw.one(("a", "each", "one", "every"))
    told = []
    for place, thing in enumerate(things):
        groups: dict[str, list[str]] = {}
        for row in rows:
            verb, written = row.said(place, voice)
            groups.setdefault(verb, []).append(written)
        parts = [f"{verb} {listed(each)}" for verb, each in groups.items()]
        head = a(thing.one) if start == "a" else f"{start} {thing.one}"
        comma = "," if any(" and " in part for part in parts[:-1]) else ""
        *before, last = parts
        told.append(f"{head} {', '.join(before)}{f'{comma} and ' if before else ''}{last}")
    return told


def told_by_quantity(things: Sequence[Thing], rows: Sequence[PerUnit], voice: Voice) -> list[str]:
    """Tell one quantity of all things, then the next: a sentence for each."""
    told = []
    for row in rows:
        said = [row.said(place, voice) for place in range(len(things))]
        start = voice.draw.one(("a", "one"))
        each = [
            f"{a(thing.one) if start == 'a' else f'one {thing.one}'} {verb} {written}"
            for thing, (verb, written) in zip(things, said, strict=True)
        ]
        told.append(listed(each))
    return told


def told_in_table(
    things: Sequence[Thing], rows: Sequence[PerUnit], voice: Voice, corner: str
) -> str:
    """Tell everything in a table with a row for each thing."""
    cells = [[voice.digits(row.values[at]) for row in rows] for at in range(len(things))]
    heads = [_head(row.quantity, voice) for row in rows]
    return table(voice.draw, corner, [thing.name for thing in things], heads, cells)


def _head(quantity: Quantity, voice: Voice) -> str:
    if not quantity.unit:
        return plural(quantity.name)
    unit = voice.currency if quantity.is_money else plural(quantity.unit)
    return f"{quantity.name} ({unit})"
