"""A program that was read from a file, as five elements."""

import keyword
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from solvitur.formulation.elements import Formulation
from solvitur.formulation.expression import MAX_LENGTH
from solvitur.formulation.literals import quote
from solvitur.formulation.printing import show_number

_LONGEST = 180
"""Characters of a name, before a number is added to keep it apart from others."""
MOST_TERMS = 150
"""Terms of a row in a file whose rows are all written out."""
FEW_TERMS = 5
"""Terms of a row that is written out in a file with longer ones; sums over sets are read faster."""

Term = tuple[int, float]
"""A column and its coefficient."""
Square = tuple[tuple[int, int], float]
"""Two columns, in order, and the coefficient of their product."""
Elements = dict[str, Any]


@dataclass(frozen=True)
class _Column:
    """What a column is: the name of its variable, and which entry of it."""

    variable: str
    key: str | None

    @property
    def text(self) -> str:
        return self.variable if self.key is None else f"{self.variable}[{quote(self.key)}]"


def as_formulation(model: Any, notes: Mapping[str, str]) -> Formulation:
    """Give the five elements of what HiGHS read.

    Args:
        model: HiGHS's model: columns, rows, bounds, and a triangle of the objective's squares.
        notes: What names stand for, to be their `doc`.
    """
    return _Reading(model, notes).formulation()


class _Reading:
    def __init__(self, model: Any, notes: Mapping[str, str]) -> None:
        lp = model.lp_  # every look at a field of it copies the whole field
        self.notes = notes
        self.labels, self.row_labels = list(lp.col_names_), list(lp.row_names_)
        self.lower, self.upper = np.array(lp.col_lower_).tolist(), np.array(lp.col_upper_).tolist()
        self.limits = list(
            zip(np.array(lp.row_lower_).tolist(), np.array(lp.row_upper_).tolist(), strict=True)
        )
        self.kinds = list(lp.integrality_) or [highspy.HighsVarType.kContinuous] * lp.num_col_
        self.offset, self.sense = float(lp.offset_), lp.sense_
        self.sets: list[Elements] = []
        self.parameters: list[Elements] = []
        self.rows = _rows(lp)
        cost = np.array(lp.col_cost_)
        self.goal: list[Term] = [(int(c), float(cost[c])) for c in np.flatnonzero(cost)]
        self.squares = list(_squares(model.hessian_))
        sums = [self.goal, *self.rows]
        self.is_indexed = any(map(self.is_long, [*sums, self.doubled()]))
        self.taken: set[str] = set()
        self.variables: list[Elements] = []
        self.columns = self._indexed() if self.is_indexed else self._scalars()

    def formulation(self) -> Formulation:
        parts = [self.sum(self.goal, "cost"), self.quadratic()]
        parts.append(show_number(self.offset) if self.offset else "")
        is_max = self.sense == highspy.ObjSense.kMaximize
        constraints = list(self.constraints())  # they add sets and parameters
        return Formulation.model_validate(
            {
                "sets": self.sets,
                "parameters": self.parameters,
                "variables": self.variables,
                "objective": {
                    "sense": "maximize" if is_max else "minimize",
                    "expression": _joined(part for part in parts if part) or "0",
                },
                "constraints": constraints,
            }
        )

    def is_long(self, terms: Sequence[Term]) -> bool:
        """Whether a sum is too long to be written out."""
        if len(terms) > MOST_TERMS:
            return True
        return sum(len(self.labels[place]) + 40 for place, _ in terms) > MAX_LENGTH

    def doubled(self) -> list[Term]:
        """Give the columns in the products, each as often as it is in one."""
        return [(place, value) for both, value in self.squares for place in both]

    def _scalars(self) -> list[_Column]:
        """Make each column a variable."""
        columns = []
        for place, label in enumerate(self.labels):
            name = self.free_name(label)
            self.variables.append({"name": name, **self.kind(place), **self.doc(name, label)})
            columns.append(_Column(name, None))
        return columns

    def _indexed(self) -> list[_Column]:
        """Make all columns of a domain, with or without bounds on either side, one variable."""
        families: dict[tuple[str, bool, bool], list[int]] = {}
        for place in range(len(self.labels)):
            kind = self.kind(place)
            family = kind["domain"], kind["lower"] is None, kind["upper"] is None
            families.setdefault(family, []).append(place)
        columns = [_Column("", None)] * len(self.labels)
        for (domain, no_lower, no_upper), places in families.items():
            labels = [self.labels[place] for place in places]
            name, index = self.free_name("x"), self.free_name("COLUMN")
            self.sets.append({"name": index, "elements": labels, "doc": "columns of the file"})
            variable: Elements = {"name": name, "index": [index], "domain": domain}
            for side, is_none, bounds in (
                ("lower", no_lower, self.lower),
                ("upper", no_upper, self.upper),
            ):
                numbers = [bounds[place] for place in places]
                if is_none or len(set(numbers)) == 1:
                    variable[side] = None if is_none else numbers[0]
                else:
                    variable["over"] = f"c in {index}"
                    variable[side] = self.numbers(side, index, labels, numbers)
            self.variables.append(variable)
            for place, label in zip(places, labels, strict=True):
                columns[place] = _Column(name, label)
        return columns

    def kind(self, place: int) -> Elements:
        """Say which values a column may take."""
        lower, upper = self.lower[place], self.upper[place]
        is_whole = self.kinds[place] == highspy.HighsVarType.kInteger
        is_binary = is_whole and (lower, upper) == (0, 1)
        return {
            "domain": "binary" if is_binary else "integer" if is_whole else "continuous",
            "lower": lower if math.isfinite(lower) else None,
            "upper": upper if math.isfinite(upper) and not is_binary else None,
        }

    def constraints(self) -> Iterator[Elements]:
        taken: set[str] = set()
        for place, terms in enumerate(self.rows):
            label = self.row_labels[place] if self.row_labels else ""
            lower, upper = self.limits[place]
            if not (math.isfinite(lower) or math.isfinite(upper)):
                continue
            name = _free(_identifier(label) or f"row_{place + 1}", taken)
            text = self.sum(terms, name) or "0"
            if lower == upper:
                relation = f"{text} == {show_number(lower)}"
            else:
                least = f"{show_number(lower)} <= " if math.isfinite(lower) else ""
                most = f" <= {show_number(upper)}" if math.isfinite(upper) else ""
                relation = f"{least}{text}{most}" if most else f"{text} >= {show_number(lower)}"
            yield {"name": name, "expression": relation, **self.doc(name, label)}

    def sum(self, terms: Sequence[Term], name: str) -> str:
        """Write a sum; of many terms, as one over a set, or over one for each variable."""
        if not self.is_indexed or len(terms) <= FEW_TERMS:
            return _joined(_multiple(value, self.columns[place].text) for place, value in terms)
        by_variable: dict[str, list[Term]] = {}
        for place, value in terms:
            by_variable.setdefault(self.columns[place].variable, []).append((place, value))
        return _joined(self.over_a_set(name, group) for group in by_variable.values())

    def over_a_set(self, name: str, terms: Sequence[Term]) -> str:
        keys = [str(self.columns[place].key) for place, _ in terms]
        index = self.free_name(f"IN_{name}")
        self.sets.append({"name": index, "elements": keys, "doc": f"columns in {name}"})
        factor = self.numbers(name, index, keys, [value for _, value in terms])
        return f"sum({factor} * {self.columns[terms[0][0]].variable}[c] for c in {index})"

    def numbers(self, name: str, index: str, keys: Sequence[str], values: Sequence[float]) -> str:
        """Declare numbers by key, and give the entry of one of them."""
        parameter = self.free_name(f"{name}_of")
        pairs = [[[key], value] for key, value in zip(keys, values, strict=True)]
        self.parameters.append({"name": parameter, "index": [index], "values": pairs})
        return f"{parameter}[c]"

    def quadratic(self) -> str:
        """Write the squares and products of the objective."""
        if not self.is_indexed or len(self.squares) <= FEW_TERMS:
            return _joined(
                _multiple(value, self.product(left, right)) for (left, right), value in self.squares
            )
        grouped: dict[tuple[str, str], list[Square]] = {}
        for (left, right), value in self.squares:
            family = self.columns[left].variable, self.columns[right].variable
            grouped.setdefault(family, []).append(((left, right), value))
        return _joined(self.over_pairs(*family, group) for family, group in grouped.items())

    def over_pairs(self, left: str, right: str, terms: Sequence[Square]) -> str:
        pairs = [tuple(str(self.columns[place].key) for place in both) for both, _ in terms]
        index, factor = self.free_name("PAIR"), self.free_name("square")
        self.sets.append({"name": index, "elements": pairs, "doc": "products in the objective"})
        values = [[list(pair), value] for pair, (_, value) in zip(pairs, terms, strict=True)]
        self.parameters.append({"name": factor, "index": [index], "values": values})
        return f"sum({factor}[c, d] * {left}[c] * {right}[d] for (c, d) in {index})"

    def product(self, left: int, right: int) -> str:
        if left == right:
            return f"{self.columns[left].text} ** 2"
        return f"{self.columns[left].text} * {self.columns[right].text}"

    def free_name(self, label: str) -> str:
        return _free(_identifier(label) or "x", self.taken)

    def doc(self, name: str, label: str) -> Elements:
        """Say what a name stands for, where it is not the name itself."""
        words = self.notes.get(label, label)
        return {} if words in (name, "") else {"doc": words}


def _rows(lp: Any) -> list[list[Term]]:
    """Give the terms of each row, in the order of the columns."""
    matrix = lp.a_matrix_
    start, index = np.array(matrix.start_), np.array(matrix.index_)
    value = np.array(matrix.value_)
    rows: list[list[Term]] = [[] for _ in range(lp.num_row_)]
    by_column = matrix.format_ == highspy.MatrixFormat.kColwise
    for major in range(len(start) - 1):
        inside = slice(start[major], start[major + 1])
        for minor, number in zip(index[inside].tolist(), value[inside].tolist(), strict=True):
            row, column = (minor, major) if by_column else (major, minor)
            rows[row].append((column, number))
    return [sorted(terms) for terms in rows]


def _squares(hessian: Any) -> Iterator[Square]:
    """Give each product of the objective once, with its coefficient: half of both triangles."""
    total: dict[tuple[int, int], float] = {}
    start, index = np.array(hessian.start_), np.array(hessian.index_).tolist()
    value = np.array(hessian.value_).tolist()
    is_triangle = hessian.format_ == highspy.HessianFormat.kTriangular
    for column in range(hessian.dim_):
        for place in range(start[column], start[column + 1]):
            row = index[place]
            twice = is_triangle and row != column
            pair = min(row, column), max(row, column)
            number = value[place]
            total[pair] = total.get(pair, 0.0) + (number if twice else number / 2)
    return ((pair, number) for pair, number in sorted(total.items()) if number)


def _identifier(label: str) -> str:
    """Make a name of a label: ``x(1,2)`` is ``x_1_2``."""
    name = re.sub(r"\W+", "_", label).strip("_")[:_LONGEST]
    if not name:
        return ""
    return f"_{name}" if keyword.iskeyword(name) or not name.isidentifier() else name


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found


def _multiple(value: float, text: str) -> str:
    size = "" if abs(value) == 1 else f"{show_number(abs(value))} * "
    return f"{'-' if value < 0 else ''}{size}{text}"


def _joined(parts: Any) -> str:
    """Put terms into one sum, each minus sign as the sign between two of them."""
    text = ""
    for part in parts:
        if not text:
            text = part
        else:
            text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text
