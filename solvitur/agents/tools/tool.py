"""What a tool is: a name, a description, typed arguments, a typed result, and one method."""

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from solvitur.agents.answer import finite
from solvitur.agents.problem import MAX_LENGTH
from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation, describe
from solvitur.formulation.markdown import from_markdown

if TYPE_CHECKING:
    from solvitur.agents.tools.service import Service

Tell = Callable[[str], None]
"""Is told in a line what a call is at; may be called from any thread."""

MAX_CELLS = 200_000
"""Most cells of all tables of one call; what is larger belongs in a file."""


class Arguments(BaseModel):
    """What a tool is given. Callers read its JSON schema, so every field says itself."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Result(BaseModel):
    """What a tool gives: data for a program, and in `str` the same for whoever reads."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    def data(self) -> dict[str, Any]:
        """Give it as JSON values; a formulation in it leaves out what is at its default.

        JSON knows no infinity: a figure that has no finite value is null.
        """
        dumped: dict[str, Any] = self.model_dump(mode="json")
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Formulation):
                dumped[name] = value.model_dump(mode="json", exclude_defaults=True)
        values: dict[str, Any] = finite(dumped)
        return values


class Tool(Protocol):
    """Something that another agent can ask for."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def title(self) -> str:
        """What it is called where people choose."""

    @property
    def description(self) -> str:
        """What it does and when to use it, for a language model that chooses."""

    @property
    def takes(self) -> type[Arguments]:
        """The class of its arguments."""

    @property
    def gives(self) -> type[Result]:
        """The class of its result."""

    async def __call__(self, given: Any, service: "Service", tell: Tell) -> Result:
        """Do it.

        Args:
            given: The arguments, of the class `takes`.
            service: Who is asked, how long may be tried, and the tables there are.
            tell: Is told what it is at.

        Raises:
            Error: What was given cannot be used, or a model or a solver failed. Infeasible,
                unbounded and out of time are results.
        """


def read(tool: Tool, arguments: Mapping[str, Any]) -> Arguments:
    """Read the arguments of a call.

    Raises:
        ConfigError: Some are missing, unknown or wrong; the message says which, and the mend.

    Example:
        >>> from solvitur.agents.tools import Formulate
        >>> read(Formulate(), {"problem": "At most 20 chairs, at 5 euros each.", "limit": 9})
        Traceback (most recent call last):
        ...
        solvitur.errors.ConfigError: there is no argument 'limit'; did you mean 'time_limit'?
    """
    try:
        return tool.takes.model_validate_json(json.dumps(dict(arguments)))
    except ValidationError as error:
        raise ConfigError(_faults(error, tool.takes)) from None


def _faults(error: ValidationError, takes: type[Arguments]) -> str:
    fields = takes.model_fields
    lines: list[str] = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(problem["loc"][0])[:80] if problem["loc"] else ""
        if problem["type"] == "missing" and name in fields and len(problem["loc"]) == 1:
            lines.append(f"'{name}' is missing: {_first_sentence(fields[name].description)}")
        elif problem["type"] == "extra_forbidden" and name not in fields:
            near = get_close_matches(name, fields, n=1)
            meant = f"did you mean '{near[0]}'?" if near else f"there are {_listed(fields)}"
            lines.append(f"there is no argument '{name}'; {meant}")
    return "\n".join(lines) or describe(error)


def _first_sentence(description: str | None) -> str:
    return (description or "").split(".")[0] + "."


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in names)


# --- what arguments are of -----------------------------------------------------------------------


def _five(given: object) -> object:
    """Read five elements as a file would have them; some callers write an object as a text."""
    if isinstance(given, str):
        is_json = given.lstrip()[:1] == "{"
        return Formulation.from_json(given) if is_json else from_markdown(given)
    if isinstance(given, dict):
        return Formulation.from_json(json.dumps(given))
    return given


def _few_enough(tables: "dict[str, Rows | Columns]") -> "dict[str, Rows | Columns]":
    cells = 0
    for table in tables.values():
        cells += sum(map(len, table.values() if isinstance(table, dict) else table))
    if cells > MAX_CELLS:
        raise ValueError(
            f"the tables have {cells:,} cells, and at most {MAX_CELLS:,} are read; put them into "
            "the folder that the server was started with (--data)"
        )
    return tables


Five = Annotated[Formulation, BeforeValidator(_five)]
Words = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Cell = str | int | float | bool | None
Rows = list[dict[str, Cell]]
Columns = dict[str, list[Cell]]
Tables = Annotated[dict[str, Rows | Columns], Field(max_length=100), AfterValidator(_few_enough)]
