"""Problems by name, and problems of one's own from a TOML file and Python files beside it."""

import functools
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solvitur.config import meant, read_toml
from solvitur.errors import ConfigError, Error
from solvitur.evolution.heuristics.problem import Argument, Function, Instance, Problem, mean

_FOLDER = Path(__file__).parent / "shipped"


class _Argument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[^\W\d]\w*$")
    type: str = Field(min_length=1)
    meaning: str = Field(min_length=1)


class _Function(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[^\W\d]\w*$")
    arguments: tuple[_Argument, ...] = Field(min_length=1)
    result: str = Field(min_length=1)
    meaning: str = Field(min_length=1)


class _File(BaseModel):
    """What stands in the TOML file of a problem."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: str = Field(min_length=1)
    """What the problem is called."""
    description: str = Field(min_length=1)
    """What the heuristic is to do, in words for a model."""
    measure: str = "mean score"
    """What the number is that is made of the scores: mean length of the tour."""
    function: _Function
    """The function that a heuristic is: name, arguments, result, meaning."""
    driver: str
    """A Python file with solve(heuristic, instance), which runs in the sandbox."""
    exact_driver: str | None = None
    """The same, with the last word where the driver is a faster stand-in for it."""
    scoring: str
    """A Python file of yours with instances() and score(data, solution), which runs unguarded."""
    seeds: dict[str, str] = {}
    """Known heuristics: a name and a Python file each."""


def problems() -> tuple[str, ...]:
    """Give the names of the problems that ship.

    Example:
        >>> problems()
        ('flow-shop', 'online-bin-packing', 'online-bin-packing-fast', 'tsp-constructive')
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*/*.toml")))


def load_problem(name: str) -> Problem:
    """Give a problem that ships, by its name, or one of your own, by the path of its TOML file.

    Raises:
        ConfigError: There is none of that name, or its file is wrong.

    Example:
        >>> load_problem("tsp-constructive").function.name
        'select_next_node'
    """
    for path in _FOLDER.glob("*/*.toml"):
        if path.stem == name:
            return read_problem(path)
    if name.endswith(".toml"):
        return read_problem(Path(name))
    hint = meant(name, problems())
    raise ConfigError(f"there is no problem '{name}'; {hint} One of your own is a .toml file")


def read_problem(path: Path) -> Problem:
    """Read a problem from its TOML file; the files it names are seen from its folder.

    The file of scoring is imported, so it has to be yours. It defines ``instances()``, which gives
    a sequence of `Instance`, and ``score(data, solution)``; it may define ``held_out()``, which
    gives such sequences by name, and ``aggregate(instances, scores)``.

    Raises:
        ConfigError: A file cannot be read, or something in it is missing or wrong.
    """
    told = read_toml(path)
    try:
        file = _File.model_validate(told)
    except ValidationError as error:
        faults = [_fault(detail["loc"], detail["msg"]) for detail in error.errors()]
        raise ConfigError("\n".join(f"{path}: {fault}" for fault in faults)) from error
    folder = path.resolve().parent
    scoring = _Scoring(folder / file.scoring)
    return Problem(
        name=file.name,
        description=file.description.strip(),
        function=_function(file.function),
        driver=_text(folder / file.driver),
        exact_driver=None if file.exact_driver is None else _text(folder / file.exact_driver),
        score=scoring.function("score"),
        instances=scoring.instances(),
        held_out=scoring.held_out(),
        seeds=MappingProxyType({k: _text(folder / v) for k, v in file.seeds.items()}),
        aggregate=scoring.guarded("aggregate", mean),
        measure=file.measure,
    )


class _Scoring:
    """The Python file of a problem that runs in our own process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._module = _imported(path)

    def function(self, name: str, otherwise: Callable[..., Any] | None = None) -> Any:
        """Give what it defines under this name, which it has to where there is nothing else."""
        found = getattr(self._module, name, otherwise)
        if not callable(found):
            raise ConfigError(f"{self._path} defines no function {name}")
        return found

    def guarded(self, name: str, otherwise: Callable[..., Any] | None = None) -> Any:
        """Give the same, with what it raises told as a fault of the file."""
        found = self.function(name, otherwise)

        @functools.wraps(found)
        def guarded(*given: Any) -> Any:
            with _blamed(f"{self._path}, {name}()"):
                return found(*given)

        return guarded

    def instances(self) -> tuple[Instance, ...]:
        """Give those that the search sees."""
        return self._checked("instances()", self.guarded("instances")())

    def held_out(self) -> Mapping[str, tuple[Instance, ...]]:
        """Give those that it does not see."""
        sets = self.guarded("held_out", dict)()
        if not isinstance(sets, Mapping):
            raise ConfigError(f"{self._path}, held_out(): it gives no dict of sets by name")
        checked = {name: self._checked(f"held_out(), '{name}'", sets[name]) for name in sets}
        return MappingProxyType(checked)

    def _checked(self, place: str, given: Any) -> tuple[Instance, ...]:
        with _blamed(f"{self._path}, {place}"):
            instances = tuple(given)
        for each in instances:
            if not isinstance(each, Instance):
                raise ConfigError(
                    f"{self._path}, {place}: {type(each).__name__} is no Instance(name, data)"
                )
        return instances


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scoring of {path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} is not a Python file")
    _text(path)
    module = importlib.util.module_from_spec(spec)
    try:
        with _blamed(str(path)):
            spec.loader.exec_module(module)
    except SyntaxError as error:
        raise ConfigError(f"{path}, line {error.lineno}: {error.msg}") from error
    return module


@contextmanager
def _blamed(place: str) -> Iterator[None]:
    """Tell what the user's own code raises as a fault of that code, and not of ours."""
    try:
        yield
    except (Error, SyntaxError):
        raise
    except Exception as error:
        raise ConfigError(f"{place}: {type(error).__name__}: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not a text in UTF-8") from error


def _function(told: _Function) -> Function:
    arguments = tuple(Argument(a.name, a.type, a.meaning) for a in told.arguments)
    return Function(told.name, arguments, told.result, told.meaning)


def _fault(where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0])
    field = _File.model_fields.get(name)
    if field is None:
        return f"there is no '{name}'; {meant(name, _File.model_fields)}"
    place = ".".join(str(part) for part in where)
    return f"{place}: {message.removeprefix('Value error, ')}. {name}: {field.description}"
