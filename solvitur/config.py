"""Settings in four layers: defaults < file < environment < flags, merged in one place.

The file is TOML: ``config.toml`` in the user's configuration folder, or the file that the variable
``SOLVITUR_CONFIG`` names. Every setting has a variable, such as ``SOLVITUR_MAX_ROUNDS``. A name or
a value that is wrong is a `ConfigError` that says where it stands and how to mend it.

pydantic-settings reads each layer and checks the result; the merge is ours, because it remembers
where each value comes from.

Keys to services (``OPENAI_API_KEY``) are no settings: they stay in the environment, where the
libraries that need them look.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from solvitur.errors import ConfigError

PREFIX = "SOLVITUR_"
"""What the variables of all settings start with."""
FILE_VARIABLE = "SOLVITUR_CONFIG"
"""The variable that names another configuration file."""

_MOST_THREADS = 64
"""How many may be asked for on any machine; with very many a solver never ends."""


class Settings(BaseSettings):
    """What a user may set. Built from values it reads neither file nor environment; `load` does.

    >>> Settings(max_rounds=5).max_rounds
    5
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    model: str = Field("local:qwen2.5-coder-1.5b", min_length=1)
    """The language model to ask, as backend:model or backend:model@base_url."""
    max_rounds: int = Field(3, ge=1, le=20)
    """How often a formulation is proposed or repaired before giving up: 1 to 20."""
    samples: int = Field(1, ge=1, le=20)
    """How many formulations are drawn, to take what most of them come to: 1 to 20."""
    max_cost: float | None = Field(None, ge=0)
    """The most that one run may spend on models, in USD; no limit by default."""
    time_limit: float | None = Field(None, gt=0)
    """Seconds for one problem, above 0; no limit by default."""
    route: Literal["formulation", "code", "both"] = "formulation"
    """What the model is asked for: five elements, a Pyomo script for the sandbox, or both."""
    sandbox: Literal["auto", "bubblewrap", "namespaces", "limits"] = "auto"
    """Where a script runs; auto is the strongest that is here, if it shuts a script in."""
    threads: int | None = Field(None, ge=1)
    """Threads for the embedded model, which by default reads with all cores, and the solver."""
    cache: Path | None = None
    """The folder where models are kept; by default the user's cache folder."""
    sessions: Path | None = None
    """The folder where conversations are kept; by default in the user's data folder."""
    data: Path | None = None
    """The folder of data sets to evaluate on; by default in the user's data folder."""
    record: Path | None = None
    """A JSONL file where every model call is recorded, and answered from when it is there."""
    solver: str = Field("auto", min_length=1)
    """The solver to use; auto is HiGHS, and SCIP for what HiGHS cannot solve."""
    gap: float = Field(1e-6, ge=0, lt=1)
    """How far from the optimum the solver may end, relative to the objective: 0.01 is 1 %."""
    seed: int = Field(0, ge=0, le=2**31 - 1)
    """Where the solver's random choices begin: 0 to 2147483647."""
    timeout: float = Field(600, gt=0)
    """Seconds to wait for one model call, above 0."""
    attempts: int = Field(5, ge=1, le=20)
    """How often a model that is down or asks to slow down is called for one reply: 1 to 20."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Keep to the values given."""
        return (init_settings,)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_values(cls, value: Any) -> Any:
        if isinstance(value, bool):  # pydantic takes true for 1
            raise ValueError("a truth value does not fit")
        return value

    @field_validator("threads")
    @classmethod
    def _can_run(cls, threads: int | None) -> int | None:
        most = max(_MOST_THREADS, 4 * (os.cpu_count() or 1))
        if threads is not None and threads > most:
            raise ValueError(f"should be at most {most} on this machine")
        return threads

    @field_validator("cache", "data", "record", "sessions")
    @classmethod
    def _with_home(cls, path: Path | None) -> Path | None:
        try:
            return path and path.expanduser()
        except RuntimeError as error:
            raise ValueError(str(error)) from error

    @property
    def thread_count(self) -> int:
        """The threads to use: `threads`, or one less than the cores that this process may use."""
        if self.threads is not None:
            return self.threads
        return max(1, available_cores() - 1)


def available_cores() -> int:
    """Count the cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Layer(StrEnum):
    """Where a setting may come from; a later layer overrides an earlier one."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Origin:
    """The value of one setting and where it comes from."""

    value: Any
    """The value as it is used."""
    layer: Layer
    """The layer that decided."""
    source: str
    """The file, the variable or the flag; empty for a default."""


def load(flags: Mapping[str, object] | None = None) -> Settings:
    """The settings that hold now.

    Args:
        flags: What the caller was told, by the names of the fields; None means not told.

    Raises:
        ConfigError: A name or a value in some layer is wrong, or the file cannot be read.
    """
    return _settings(_merged(flags or {}))


def origins(flags: Mapping[str, object] | None = None) -> dict[str, Origin]:
    """Each setting that holds now, with the layer and the place that decided it."""
    merged = _merged(flags or {})
    settings = _settings(merged)
    return {
        name: Origin(getattr(settings, name), origin.layer, origin.source)
        for name, origin in merged.items()
    }


def changed(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Give the settings with other values for some of them.

    Args:
        settings: What holds now.
        values: The new values, by the names of the fields; text is read as in the environment.

    Raises:
        ConfigError: A value is wrong.

    >>> changed(Settings(), {"time_limit": "60"}).time_limit
    60.0
    """
    now = {name: Origin(getattr(settings, name), Layer.FLAG, "") for name in _names()}
    return _settings(now | {name: Origin(v, Layer.FLAG, name) for name, v in values.items()})


def config_file() -> Path:
    """The configuration file, whether it exists or not."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_config_path("solvitur") / "config.toml"


# --- the layers ----------------------------------------------------------------------------------


def _merged(flags: Mapping[str, object]) -> dict[str, Origin]:
    """Every setting as it is written in the last layer that has it."""
    _check_variables()
    path = config_file()
    told = {name: value for name, value in flags.items() if value is not None}
    fields = Settings.model_fields.items()
    merged = {name: Origin(field.default, Layer.DEFAULT, "") for name, field in fields}
    for name, value in _from_file(path).items():
        _check_name(name, str(path), shown=f"'{name}'")
        if isinstance(value, str) and not _is_text(name):
            raise ConfigError(f"{path}: {name} = {value!r} is text; write a number without quotes")
        merged[name] = Origin(value, Layer.FILE, str(path))
    for name, value in EnvSettingsSource(Settings)().items():
        merged[name] = Origin(value, Layer.ENVIRONMENT, f"{PREFIX}{name.upper()}")
    for name, value in told.items():
        flag = f"--{name.replace('_', '-')}"
        _check_name(name, "flags", shown=flag)
        merged[name] = Origin(value, Layer.FLAG, flag)
    return merged


def _from_file(path: Path) -> dict[str, Any]:
    if os.environ.get(FILE_VARIABLE) and not path.is_file():
        raise ConfigError(f"{FILE_VARIABLE} names {path}, which is not a file")
    return read_toml(path) if path.is_file() else {}


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: It cannot be read, or is none.
    """
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, nested without end
        raise ConfigError(f"{path} is not a TOML file: {error}") from error


# --- what may be wrong ---------------------------------------------------------------------------


def _check_name(name: str, source: str, *, shown: str) -> None:
    if name in Settings.model_fields:
        return
    if name.lower().endswith(("key", "token", "secret", "password")):
        hint = "keys and passwords are no settings; set them as environment variables"
    else:
        hint = meant(name.replace("-", "_").lower(), _names())
    raise ConfigError(f"{source}: there is no setting {shown}; {hint}")


def _check_variables() -> None:
    """Refuse a variable that looks like a misspelt one; others may be meant for others."""
    known = [*_names(), FILE_VARIABLE.removeprefix(PREFIX).lower()]
    for variable in os.environ:
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name in known:
            continue
        if near := nearest(name, known, cutoff=0.75):
            right = f"{PREFIX}{near.upper()}"
            raise ConfigError(f"there is no variable {variable}; did you mean {right}?")


def _settings(merged: Mapping[str, Origin]) -> Settings:
    """The checked settings of one merge."""
    written = {name: origin.value for name, origin in merged.items()}
    try:
        return Settings.model_validate(written)
    except ValidationError as error:
        problems = [
            _problem(str(detail["loc"][0]), merged, detail["msg"]) for detail in error.errors()
        ]
    raise ConfigError("\n".join(problems))


def _problem(name: str, merged: Mapping[str, Origin], message: str) -> str:
    origin = merged[name]
    value = repr(origin.value)
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    place = f"{name} = {shown}" if origin.layer is Layer.FILE else shown
    reason = message.removeprefix("Value error, ").removeprefix("Input ")
    allowed = Settings.model_fields[name].description
    return f"{origin.source}: {place}: {reason}. {name}: {allowed}"


def _is_text(name: str) -> bool:
    annotation = Settings.model_fields[name].annotation
    kinds = get_args(annotation) or (annotation,)
    return any(kind in (str, Path) or isinstance(kind, str) for kind in kinds)


def _names() -> list[str]:
    return list(Settings.model_fields)


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Give the known name that was probably meant, if one is near."""
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


def meant(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or which ones there are.

    >>> meant("rat", ["rate", "seed"]), meant("speed of all", ["rate", "seed"])
    ("did you mean 'rate'?", 'there are: rate, seed')
    """
    names = list(known)
    near = nearest(name, names)
    return f"did you mean '{near}'?" if near else f"there are: {', '.join(names)}"
