"""What a heuristic is evolved for: a function to write, instances to try it on, and their score."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from types import MappingProxyType
from typing import Any

from solvitur.errors import ConfigError
from solvitur.syntax import parse_module


@dataclass(frozen=True)
class Argument:
    """One argument of the function that a heuristic is."""

    name: str
    type: str
    """As it stands in the signature: ``np.ndarray``."""
    meaning: str


@dataclass(frozen=True)
class Function:
    """The function that a heuristic is: what it is called with, and what it gives back.

    Example:
        >>> item = Argument("item", "int", "size of the item that arrives")
        >>> bins = Argument("bins", "np.ndarray", "room left in each bin that it fits in")
        >>> score = Function("score", (item, bins), "np.ndarray", "a score for each bin")
        >>> score.header
        'def score(item: int, bins: np.ndarray) -> np.ndarray:'
        >>> score.fault(ast.parse("def score(item): return 1"))
        "'score' on line 1 cannot be called with 2 arguments: (item, bins)"
    """

    name: str
    arguments: tuple[Argument, ...]
    result: str
    """Its type, as it stands in the signature."""
    meaning: str
    """What the result is."""

    @property
    def header(self) -> str:
        """The line that the definition begins with."""
        taken = ", ".join(f"{each.name}: {each.type}" for each in self.arguments)
        return f"def {self.name}({taken}) -> {self.result}:"

    @property
    def stub(self) -> str:
        """The definition with a docstring and no body, for a prompt."""
        taken = "\n".join(f"        {each.name}: {each.meaning}" for each in self.arguments)
        return (
            f'{self.header}\n    """Args:\n{taken}\n\n'
            f'    Returns:\n        {self.result}: {self.meaning}\n    """'
        )

    def fault(self, code: ast.Module) -> str | None:
        """Say why this code does not define the function, or None where it does.

        Other names for the arguments are no fault: the function is called by position.
        """
        named = {node.name: node for node in code.body if isinstance(node, _DEFINITIONS)}
        found = named.get(self.name)
        if found is None:
            there = f"; it defines {', '.join(named)}" if named else ""
            return f"the code defines no function '{self.name}'{there}"
        if not isinstance(found, ast.FunctionDef):
            return f"'{self.name}' on line {found.lineno} is not a plain function"
        if not _takes(found.args, len(self.arguments)):
            names = ", ".join(each.name for each in self.arguments)
            return (
                f"'{self.name}' on line {found.lineno} cannot be called with "
                f"{len(self.arguments)} arguments: ({names})"
            )
        return None


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _takes(arguments: ast.arguments, count: int) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    optional_by_name = all(default is not None for default in arguments.kw_defaults)
    has_room = count <= positional or arguments.vararg is not None
    return needed <= count and has_room and optional_by_name


@dataclass(frozen=True)
class Instance:
    """One case to solve with the heuristic."""

    name: str
    """It tells this instance from all others of the problem."""
    data: Any
    """What the driver gets: anything that JSON can say."""
    reference: float | None = None
    """The score of an optimal solution, or a bound on it; None where none is known."""


_SOLVE = Function(
    name="solve",
    arguments=(
        Argument("heuristic", "Callable", "the function that was written"),
        Argument("instance", "Any", "the data of an instance"),
    ),
    result="Any",
    meaning="a solution",
)
"""What a driver defines."""

Aggregate = Callable[[Sequence[Instance], Sequence[float]], float]


def mean(instances: Sequence[Instance], scores: Sequence[float]) -> float:
    """Give the mean of the scores.

    Example:
        >>> mean([Instance("a", 1), Instance("b", 2)], [3.0, 5.0])
        4.0
    """
    return fmean(scores)


def excess(instances: Sequence[Instance], scores: Sequence[float]) -> float:
    """Give by how many percent the scores together are above the references together.

    Example:
        >>> excess([Instance("a", 1, 40.0), Instance("b", 2, 60.0)], [41.0, 60.0])
        1.0
    """
    references = [each.reference for each in instances]
    known = [value for value in references if value is not None]
    if len(known) < len(references):
        raise ValueError(f"instance '{instances[references.index(None)].name}' has no reference")
    return 100 * (sum(scores) - sum(known)) / sum(known)


@dataclass(frozen=True)
class Problem:
    """A heuristic to find: everything that a search has to know of it. Less is always better.

    The heuristic is code that nobody has read, so it runs in the sandbox, called by the driver.
    What counts is computed here, from the solution that comes back: `score` believes nothing and
    raises `InvalidSolution` for what is none.
    """

    name: str
    description: str
    """What the heuristic is to do, in words for a model."""
    function: Function
    driver: str
    """Python source of ``solve(heuristic, instance)``, which gives a solution in terms of JSON."""
    score: Callable[[Any, Any], float] = field(repr=False)
    """Of the data of an instance and a solution; raises `solvitur.errors.InvalidSolution`."""
    instances: tuple[Instance, ...] = field(repr=False)
    """Those that the search sees."""
    held_out: Mapping[str, tuple[Instance, ...]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """Sets that the search never sees, by name: fresh ones of the same kind, and other kinds."""
    seeds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """Known heuristics as code, by name: what a candidate is compared with."""
    aggregate: Aggregate = mean
    """Makes one number of the scores of some instances."""
    measure: str = "mean score"
    """What that number is, for a person: ``mean length of the tour``."""
    exact_driver: str | None = field(default=None, repr=False)
    """The driver that has the last word where `driver` is a faster stand-in for it."""

    def __post_init__(self) -> None:
        if not self.instances:
            raise ConfigError(f"problem '{self.name}' has no instances")
        sets = {"training": self.instances, **self.held_out}
        for name, instances in sets.items():
            names = [each.name for each in instances]
            if twice := next((each for each in names if names.count(each) > 1), None):
                raise ConfigError(
                    f"problem '{self.name}' has two instances '{twice}' in the set '{name}'"
                )
        for name, code in self.seeds.items():
            self._check(f"seed '{name}'", code, self.function)
        self._check("driver", self.driver, _SOLVE)
        if self.exact_driver is not None:
            self._check("exact driver", self.exact_driver, _SOLVE)

    def _check(self, what: str, code: str, function: Function) -> None:
        try:
            fault = function.fault(parse_module(code))
        except SyntaxError as error:
            fault = f"line {error.lineno}: {error.msg}"
        except ValueError as error:
            fault = str(error)
        if fault:
            raise ConfigError(f"problem '{self.name}', {what}: {fault}")

    def exact(self) -> "Problem":
        """Give the problem with the driver that has the last word."""
        if self.exact_driver is None:
            return self
        return replace(self, driver=self.exact_driver, exact_driver=None)
