"""The five elements of an optimization problem as data.

Sets, parameters, variables, objective, constraints: the universal form of LLMOPT (arXiv
2410.13213, section 3). A `Formulation` is only text and numbers: `solvitur.formulation.instance`
resolves it, `checks` judges it, `solvitur.solvers` solves it.
"""

import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from solvitur.errors import FormulationError
from solvitur.formulation.expression import RESERVED
from solvitur.formulation.printing import first

if TYPE_CHECKING:
    from solvitur.formulation.tables.data import Given


def _check_label(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not a name: use letters, digits and _ (not a digit first)")
    # As Python's parser reads names, so that a micro sign is found as the letter mu.
    return unicodedata.normalize("NFKC", name)


def _check_name(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"{name!r} is a word of the expression language; choose another name")
    return name


Label = Annotated[str, Field(max_length=200), AfterValidator(_check_label)]
Identifier = Annotated[Label, AfterValidator(_check_name)]
Integer = Annotated[StrictInt, Field(ge=-(10**15), le=10**15)]
Atom = Integer | StrictStr
Number = Annotated[FiniteFloat, Field(strict=True)]


class Domain(StrEnum):
    """What values a variable may take."""

    continuous = "continuous"
    integer = "integer"
    binary = "binary"


class Sense(StrEnum):
    """Which way the objective is to go."""

    minimize = "minimize"
    maximize = "maximize"

    @property
    def sign(self) -> int:
        """What an objective is multiplied by to be minimized: 1, or -1 where more is better."""
        return 1 if self is Sense.minimize else -1

    @property
    def superlative(self) -> str:
        """What the best value is: the lowest, or the highest."""
        return "lowest" if self is Sense.minimize else "highest"


class _Element(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    doc: str = ""
    """What it is, in the words of the problem."""


class Source(BaseModel):
    """Columns of a table that the user gives beside the formulation, so that data stays data.

    The file is looked up among the tables given, never opened as a path of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(min_length=1, max_length=200)
    """The table's name, with or without its ending: ``"distances.csv"``."""
    keys: tuple[str, ...] = ()
    """The columns that hold a set's elements, or a parameter's indices."""
    column: str = ""
    """The column that holds a parameter's numbers; a set has none."""
    sheet: str = ""
    """The sheet of a workbook; its first when left out."""


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Set(_Element):
    """A set: `elements` listed, a `range` of integers, an `expression`, or a `source`."""

    name: Identifier
    elements: tuple[Atom | tuple[Atom, ...], ...] | None = None
    """In the order that answers are shown; a set of tuples has tuples of one length."""
    range: tuple[Integer, Integer] | None = None
    """First and last integer, both included."""
    expression: str | None = None
    """Derived: ``"(i, j) for i in P for j in P if i != j"``; what comes twice is in it once."""
    source: Source | None = None
    within: Annotated[tuple[Identifier, ...], BeforeValidator(_as_tuple)] = ()
    """The sets that every element must be from: ``"P"``, or one for each place of its tuples."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = (self.elements, self.range, self.expression, self.source)
        if sum(each is not None for each in given) != 1:
            raise ValueError("give one of 'elements', 'range', 'expression' and 'source'")
        if self.source is not None and (not self.source.keys or self.source.column):
            raise ValueError("the 'source' of a set names its 'keys' columns, and no 'column'")
        return self


class Parameter(_Element):
    """A known number, or one for each element of its `index` sets.

    Given as `value` or `values`, derived by an `expression`, or from a table, the `source`.
    """

    name: Identifier
    index: tuple[Identifier, ...] = ()
    value: Number | None = None
    values: dict[str, Any] | list[Any] | None = None
    """Nested by key, ``{"chair": {"1": 3}}``, or pairs, ``[[["a", "b"], 4]]`` for tuples."""
    over: str = ""
    """Names the indices for an `expression` that uses them: ``"i in P, j in P"``."""
    expression: str | None = None
    """Derived from other parameters: ``"abs(profit[i] - profit[j])"``."""
    source: Source | None = None
    default: Number | None = None
    """For keys that `values` or the `source` leave out; without it a missing key is an error."""
    unit: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = (self.value, self.values, self.expression, self.source)
        if sum(each is not None for each in given) > 1:
            raise ValueError("give one of 'value', 'values', 'expression' and 'source'")
        if self.over and self.expression is None:
            raise ValueError("'over' names the indices of an 'expression', and there is none")
        if self.default is not None and self.expression is not None:
            raise ValueError("an 'expression' has a value for every key, and no 'default'")
        if self.source is not None and not self.source.column:
            raise ValueError("the 'source' of a parameter names the 'column' of its numbers")
        if not self.index:
            self._check_scalar()
        elif self.value is not None:
            raise ValueError("an indexed parameter has 'values' (by key), not one 'value'")
        elif not any(each is not None for each in (*given, self.default)):
            raise ValueError(
                "an indexed parameter needs 'values' (by key), an 'expression', a 'source' or a "
                "'default'"
            )
        return self

    def _check_scalar(self) -> None:
        if self.values is not None or self.default is not None:
            raise ValueError("'values' and 'default' need an 'index'")
        if self.over:
            raise ValueError("'over' names the indices of the sets in 'index', and there are none")
        if self.value is None and self.expression is None and self.source is None:
            raise ValueError("a parameter without 'index' needs a 'value'")


class Variable(_Element):
    """A decision: one number, or one for each element of its `index` sets."""

    name: Identifier
    index: tuple[Identifier, ...] = ()
    domain: Domain = Domain.continuous
    lower: Number | str | None = 0.0
    """A number or an expression; ``None`` means no lower bound; 0 when left out."""
    upper: Number | str | None = None
    """A number or an expression; ``None`` means no upper bound. A binary's is 1."""
    over: str = ""
    """Names the indices for bounds that use them: ``"p in P"`` with ``"upper": "cap[p]"``."""
    unit: str = ""


class Objective(_Element):
    """What is to be made as small or as large as possible."""

    sense: Sense
    expression: str


class Constraint(_Element):
    """A relation (``<=``, ``>=``, ``==``, or a chain) that holds for each binding of `forall`."""

    name: Label
    forall: str = ""
    """Such as ``"t in T if t > first(T)"`` or ``"i in N, j in N if i != j"``; empty for one row."""
    expression: str


class Formulation(BaseModel):
    """The five elements of one problem.

    Example:
        >>> chairs = Formulation.from_json('''{
        ...     "parameters": [{"name": "wood", "value": 40}],
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"},
        ...     "constraints": [{"name": "stock", "expression": "7 * x <= wood"}]}''')
        >>> chairs.objective.sense.value, chairs.variables[0].lower
        ('maximize', 0.0)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    sets: tuple[Set, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    variables: tuple[Variable, ...]
    objective: Objective
    constraints: tuple[Constraint, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        seen: dict[str, str] = {}
        for kind, elements in (
            ("set", self.sets),
            ("parameter", self.parameters),
            ("variable", self.variables),
        ):
            for element in elements:
                if element.name in seen:
                    raise ValueError(
                        f"{kind} {element.name!r} has the name of a {seen[element.name]}: "
                        "rename one of them"
                    )
                seen[element.name] = kind
        rows: set[str] = set()
        for constraint in self.constraints:
            if constraint.name in rows:
                name = constraint.name
                raise ValueError(f"two constraints are called {name!r}: rename one of them")
            rows.add(constraint.name)
        return self

    @classmethod
    def from_json(cls, text: str | bytes) -> "Formulation":
        """Read the JSON shape; see `to_json`.

        Raises:
            FormulationError: Not JSON, or not the five elements; names each element at fault.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise FormulationError(describe(error)) from None

    @classmethod
    def from_file(cls, path: Path | str) -> "Formulation":
        """Read a five-element file: JSON, or Markdown when its name ends in ``.md``.

        Raises:
            FormulationError: The content is not five elements.
            OSError: The file cannot be read.
        """
        from solvitur.formulation.markdown import from_markdown

        path = Path(path)
        content = path.read_bytes()
        if path.suffix == ".md":
            return from_markdown(content.decode(errors="replace"))
        return cls.from_json(content)

    def to_json(self) -> str:
        """Write the JSON shape, leaving out what is at its default."""
        return self.model_dump_json(indent=2, exclude_defaults=True)

    def to_markdown(self) -> str:
        """Write five Markdown sections; see `solvitur.formulation.markdown.to_markdown`."""
        from solvitur.formulation.markdown import to_markdown

        return to_markdown(self)

    def to_python(self, data: "Given" = None) -> str:
        """Write a stand-alone Pyomo script; see `solvitur.formulation.python_script.to_python`."""
        from solvitur.formulation.python_script import to_python

        return to_python(self, data)

    def to_latex(self) -> str:
        """Write a document for pdflatex; see `solvitur.formulation.latex.document.to_latex`."""
        from solvitur.formulation.latex.document import to_latex

        return to_latex(self)

    def _repr_latex_(self) -> str:
        from solvitur.formulation.latex.document import to_formulas

        return to_formulas(self)

    def _repr_html_(self) -> str:
        from solvitur.formulation.notebook import formulation_to_html

        return formulation_to_html(self)

    @property
    def is_integer(self) -> bool:
        """Whether any variable is integer or binary."""
        return any(variable.domain is not Domain.continuous for variable in self.variables)


def describe(error: ValidationError) -> str:
    """Put what pydantic found into words, one line for each element at fault (at most ten)."""
    reasons: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False, include_context=False):
        found = reasons.setdefault(_place(problem["loc"]), [])
        reason = problem["msg"].removeprefix("Value error, ")
        if reason not in found:
            found.append(reason)
    # Alternatives of one field ("a valid number" or "a valid string") are one fault.
    lines = [
        (f"{place}: " if place else "") + " or ".join([start, *(r.split(" be ")[-1] for r in rest)])
        for place, (start, *rest) in reasons.items()
    ]
    return "; ".join(first(lines, 10, "... and {} more"))


def _place(location: tuple[int | str, ...]) -> str:
    """('variables', 0, 'domain') -> "variable 1, 'domain'"; pydantic's type tags are dropped."""
    words: list[str] = []
    depth = 4 if "source" in location else 3
    for part in location[:depth]:
        if not isinstance(part, int):
            words.append(f"'{part}'")
        elif words:
            words[-1] = f"{words[-1].strip(chr(39)).removesuffix('s')} {part + 1}"
    return ", ".join(words)
