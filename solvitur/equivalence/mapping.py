"""An affine map from the columns of one program to those of another, in fractions."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ByName
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from solvitur.equivalence.program import Coefficients, ExactPoint, Program, Row, dot, exact, nonzero
from solvitur.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Image:
    """What a column of the target is: a constant and multiples of columns of the source."""

    coefficients: Coefficients
    constant: Fraction = Fraction(0)

    def value(self, point: ExactPoint) -> Fraction:
        """Compute it at a point of the source."""
        return self.constant + dot(self.coefficients, point)

    @property
    def is_copy(self) -> bool:
        """Whether it is one column of the source as it is."""
        return not self.constant and list(self.coefficients.values()) == [1]


@dataclass(frozen=True)
class Mapping:
    """An affine map: for each column of the target, what it is made of.

    Example:
        >>> split = Mapping(1, (Image({0: Fraction(1)}), Image({})))  # x to (x, 0)
        >>> split.apply([Fraction(5)])
        (Fraction(5, 1), Fraction(0, 1))
        >>> joined = Mapping(2, (Image({0: Fraction(1), 1: Fraction(1)}),))
        >>> split.then(joined) == Mapping.identity(1)
        True
    """

    size: int
    """How many columns the source has."""
    images: tuple[Image, ...]
    """By column of the target."""

    def __post_init__(self) -> None:
        for image in self.images:
            if any(not 0 <= column < self.size for column in image.coefficients):
                raise ValueError(f"a column that is not among the {self.size} of the source")

    @classmethod
    def identity(cls, size: int) -> "Mapping":
        """Give the map that changes nothing."""
        return cls.renaming(size, range(size))

    @classmethod
    def renaming(cls, size: int, taken: Sequence[int]) -> "Mapping":
        """Give the map in which each column of the target is one of the source.

        Args:
            size: How many columns the source has.
            taken: By column of the target, the number of the column of the source.
        """
        return cls(size, tuple(Image({column: Fraction(1)}) for column in taken))

    @classmethod
    def by_name(
        cls,
        source: Program,
        target: Program,
        terms: ByName[str, ByName[str, float | Fraction]],
        constants: ByName[str, float | Fraction] | None = None,
    ) -> "Mapping":
        """Build it from names: for each column of the target its terms, and its constant if any.

        Raises:
            ConfigError: A name is in neither program, or a column of the target is left out.

        Example:
            >>> from solvitur.equivalence.program import Column
            >>> a = Program((Column("x"),), (), {})
            >>> b = Program((Column("y"),), (), {})
            >>> print(Mapping.by_name(a, b, {"y": {"x": -1}}, {"y": 1}).in_words(a, b))
            y = 1 - x
        """
        places = {column.name: place for place, column in enumerate(source.columns)}
        wanted = {column.name for column in target.columns}
        constants = constants or {}
        for name in (*terms, *constants):
            if name not in wanted:
                raise ConfigError(f"the mapping gives {name!r}, which is no variable of the target")
        images = []
        for column in target.columns:
            if column.name not in terms and column.name not in constants:
                raise ConfigError(f"the mapping does not say what {column.name!r} is")
            found = {}
            for name, factor in terms.get(column.name, {}).items():
                if name not in places:
                    raise ConfigError(
                        f"the mapping of {column.name!r} uses {name!r}, which is no variable of "
                        "the source"
                    )
                found[places[name]] = _fraction(factor)
            constant = _fraction(constants.get(column.name, 0))
            images.append(Image({c: f for c, f in found.items() if f}, constant))
        return cls(source.size, tuple(images))

    def apply(self, point: ExactPoint) -> tuple[Fraction, ...]:
        """Give the point of the target that a point of the source becomes."""
        if len(point) != self.size:
            raise ValueError(f"a point of {len(point)} values for {self.size} columns")
        return tuple(image.value(point) for image in self.images)

    def pull(self, coefficients: Coefficients) -> Image:
        """Give a linear expression over the target as one over the source."""
        return put_into(Image(coefficients), self.images)

    def pull_row(self, row: Row) -> Row:
        """Give a row over the target as one over the source."""
        image = self.pull(row.coefficients)
        lower, upper = (
            None if side is None else side - image.constant for side in (row.lower, row.upper)
        )
        return Row(row.name, image.coefficients, lower, upper)

    def then(self, after: "Mapping") -> "Mapping":
        """Give the map that is this one, and then another from its target on."""
        if after.size != len(self.images):
            raise ValueError(f"maps that do not meet: {len(self.images)} and {after.size} columns")
        return Mapping(self.size, tuple(put_into(image, self.images) for image in after.images))

    @property
    def is_identity(self) -> bool:
        """Whether every column stays what it is."""
        return len(self.images) == self.size and all(
            image.is_copy and column in image.coefficients
            for column, image in enumerate(self.images)
        )

    def in_words(self, source: Program, target: Program) -> str:
        """Write it for people, one column of the target a line."""
        return "\n".join(
            f"{column.name} = {show_linear(image, source)}"
            for column, image in zip(target.columns, self.images, strict=True)
        )


def put_into(image: Image, images: Sequence[Image] | ByName[int, Image]) -> Image:
    """Put what each column is in the place of the columns that an expression is made of.

    >>> double = Image({0: Fraction(2)}, Fraction(1))
    >>> put_into(double, [double])
    Image(coefficients={0: Fraction(4, 1)}, constant=Fraction(3, 1))
    """
    constant, found = image.constant, dict[int, Fraction]()
    for column, factor in image.coefficients.items():
        part = images[column]
        constant += factor * part.constant
        for place, value in part.coefficients.items():
            found[place] = found.get(place, Fraction(0)) + factor * value
    return Image(nonzero(found), constant)


def show_linear(image: Image, source: Program) -> str:
    """Write an expression over the columns of a program: ``1 - 2 x + y``.

    >>> from solvitur.equivalence.program import Column
    >>> program = Program((Column("x"), Column("y")), (), {})
    >>> show_linear(Image({0: Fraction(-2), 1: Fraction(1)}, Fraction(1, 2)), program)
    '1/2 - 2 x + y'
    """
    text = " ".join(_terms(image, source))
    return f"-{text[2:]}" if text.startswith("-") else text[2:] or "0"


def _terms(image: Image, source: Program) -> Iterator[str]:
    parts: list[tuple[Fraction, str]] = [(image.constant, "")] if image.constant else []
    parts += [(value, source.columns[column].name) for column, value in image.coefficients.items()]
    for value, name in parts:
        size = "" if name and abs(value) == 1 else str(abs(value))
        yield f"{'-' if value < 0 else '+'} {' '.join(filter(None, (size, name)))}"


def _fraction(number: Any) -> Fraction:
    return number if isinstance(number, Fraction) else exact(number)
