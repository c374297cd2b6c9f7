"""A run in a file: which problem, which model, how, and how far."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solvitur.config import meant, read_toml
from solvitur.errors import ConfigError
from solvitur.evolution.heuristics.method import Method
from solvitur.evolution.heuristics.peers import read_population
from solvitur.evolution.heuristics.problem import Problem
from solvitur.evolution.heuristics.reading import load_problem
from solvitur.runs import Limits


class Spec(BaseModel):
    """What stands in the TOML file of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    problem: str = Field(min_length=1)
    """A problem that ships, or the TOML file of one of your own."""
    model: str | None = None
    """The language model, as backend:model@base_url; else that of the settings."""
    seed: int = Field(0, ge=0)
    """Of all chance."""
    run: str | None = None
    """The run's folder; else one of its own in the user's data folder."""
    given: str | None = None
    """A population that it begins with: a JSON file of EoH, LLM4AD or ours."""
    method: Method = Method()
    """How heuristics are evolved, as in { name = "eoh", population = 20 }."""
    limits: Limits = Limits()
    """When to end: calls, tokens, cost, evaluations, cpu_seconds, seconds."""


def read_spec(path: Path) -> tuple[Spec, Problem]:
    """Read a run from its TOML file; the files it names are seen from its folder.

    Raises:
        ConfigError: It cannot be read, or something in it is missing or wrong.
    """
    told = read_toml(path)
    try:
        spec = Spec.model_validate(told)
    except ValidationError as error:
        faults = [_fault(detail["loc"], detail["msg"]) for detail in error.errors()]
        raise ConfigError("\n".join(f"{path}: {fault}" for fault in faults)) from error
    folder = path.resolve().parent
    name = spec.problem
    problem = load_problem(str(folder / name) if name.endswith(".toml") else name)
    changed: dict[str, Any] = {}
    if spec.run is not None:
        changed["run"] = str(folder / spec.run)
    if spec.given is not None:
        given = read_population(folder / spec.given, problem.function)
        changed["method"] = spec.method.model_copy(update={"given": given})
    return spec.model_copy(update=changed), problem


def _fault(where: tuple[int | str, ...], message: str) -> str:
    names = [str(part) for part in where]
    fields: Any = Spec.model_fields
    if len(names) > 1 and names[0] in ("method", "limits"):
        fields = (Method if names[0] == "method" else Limits).model_fields
    last = names[1] if fields is not Spec.model_fields else names[0]
    place = ".".join(names)
    if last not in fields:
        return f"there is no '{place}'; {meant(last, fields)}"
    about = fields[last].description
    return f"{place}: {message.removeprefix('Value error, ')}" + (f". {about}" if about else "")
