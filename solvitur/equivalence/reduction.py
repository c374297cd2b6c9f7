"""Steps that made a program smaller, and how its points go down to it and come back up."""

import math
from dataclasses import dataclass
from fractions import Fraction

from solvitur.equivalence.mapping import Image, Mapping, put_into
from solvitur.equivalence.program import Column, ExactPoint, Program

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Fixed:
    """A column that has one value only, or that nothing depends on."""

    column: int
    value: Fraction
    is_chosen: bool = False
    """Whether it could have others."""


@dataclass(frozen=True)
class Substituted:
    """A column that is what the others make of it."""

    column: int
    image: Image


@dataclass(frozen=True)
class Joined:
    """Two columns of which only ``first + factor * second`` matters, kept in place of the first."""

    first: int
    second: int
    factor: Fraction
    sides: tuple[Column, Column]
    """The two as they were."""

    def parted(self, total: Fraction) -> tuple[Fraction, Fraction]:
        """Give values of the two that make up the total, within their bounds.

        The second takes as much as it can, so that digits come out as digits.
        """
        image = self.affine
        if image is not None:
            taken = image.constant + image.coefficients.get(0, _ZERO) * total
            return total - self.factor * taken, taken
        first, second = self.sides
        rest = (total - (first.lower or _ZERO)) / abs(self.factor)
        if second.is_integer:
            rest = Fraction(math.floor(rest))
        if self.factor < 0:
            taken = -rest if second.lower is None else max(second.lower, -rest)
        else:
            taken = rest if second.upper is None else min(second.upper, rest)
        return total - self.factor * taken, taken

    @property
    def affine(self) -> Image | None:
        """The second as an affine image of the total (column 0), where that does."""
        first, second = self.sides
        near = second.lower if self.factor > 0 else second.upper
        far = second.upper if self.factor > 0 else second.lower
        if near is not None and first.upper is None:
            return Image({}, near)
        is_free = not second.is_integer or (first.is_integer and abs(self.factor) == 1)
        if far is None and first.lower is not None and is_free:
            return Image({0: 1 / self.factor}, -first.lower / self.factor)
        return None


Step = Fixed | Substituted | Joined


@dataclass(frozen=True)
class Reduced:
    """A program made smaller.

    Attributes:
        original: What was given.
        program: What is left of it.
        down: The columns of the smaller one, made of those of the original.
        kept: The number in the original of each column that is left.
        steps: What was done to columns, in order.
        is_contradictory: Whether a step found that there is no point.
        implied: Rows that were left out since, with these numbers, they follow from others.
    """

    original: Program
    program: Program
    down: Mapping
    kept: tuple[int, ...]
    steps: tuple[Step, ...]
    is_contradictory: bool = False
    implied: tuple[str, ...] = ()

    @classmethod
    def untouched(cls, program: Program) -> "Reduced":
        """Give a program as it is, with no step taken."""
        every = tuple(range(program.size))
        return cls(program, program, Mapping.renaming(program.size, every), every, ())

    def up(self, point: ExactPoint) -> tuple[Fraction, ...]:
        """Give a point of the original for one of the smaller program."""
        values = dict(zip(self.kept, point, strict=True))
        for step in reversed(self.steps):
            match step:
                case Fixed(column, value):
                    values[column] = value
                case Substituted(column, image):
                    total = image.constant
                    for other, factor in image.coefficients.items():
                        total += factor * values[other]
                    values[column] = total
                case Joined(first, second):
                    values[first], values[second] = step.parted(values[first])
        return tuple(values[number] for number in range(self.original.size))

    @property
    def keeps_apart(self) -> bool:
        """Whether different points go down to different ones."""
        return not any(
            isinstance(step, Joined) or (isinstance(step, Fixed) and step.is_chosen)
            for step in self.steps
        )

    @property
    def section(self) -> Mapping | None:
        """The way up as an affine map, where it is one."""
        images = {number: Image({place: _ONE}) for place, number in enumerate(self.kept)}
        for step in reversed(self.steps):
            match step:
                case Fixed(column, value):
                    images[column] = Image({}, value)
                case Substituted(column, image):
                    images[column] = put_into(image, images)
                case Joined(first, second):
                    part = step.affine
                    if part is None:
                        return None
                    total = images[first]
                    share = part.coefficients.get(0, _ZERO)
                    images[second] = put_into(Image({first: share}, part.constant), images)
                    rest = Image({first: _ONE, second: -step.factor})
                    images[first] = put_into(rest, {**images, first: total})
        return Mapping(len(self.kept), tuple(images[n] for n in range(self.original.size)))

    def then(self, later: "Reduced") -> "Reduced":
        """Make one of these steps and of later ones on what they left."""
        kept = self.kept

        def renumbered(step: Step) -> Step:
            match step:
                case Fixed(column, value, is_chosen):
                    return Fixed(kept[column], value, is_chosen)
                case Substituted(column, image):
                    terms = {kept[c]: v for c, v in image.coefficients.items()}
                    return Substituted(kept[column], Image(terms, image.constant))
                case Joined(one, two, factor, sides):
                    return Joined(kept[one], kept[two], factor, sides)

        return Reduced(
            self.original,
            later.program,
            self.down.then(later.down),
            tuple(kept[column] for column in later.kept),
            (*self.steps, *map(renumbered, later.steps)),
            self.is_contradictory or later.is_contradictory,
            (*self.implied, *later.implied),
        )
