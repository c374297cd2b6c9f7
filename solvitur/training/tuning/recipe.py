"""What a run of training is to do, as one TOML file says it."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from solvitur.config import nearest, read_toml
from solvitur.errors import ConfigError
from solvitur.llm.store import sha256

_NO_MATTER = {"out", "device", "threads", "save_every", "recompute"}
"""What may change between the parts of one run."""


class Recipe(BaseModel):
    """One run: what is trained, on what, and how. Built by `read_recipe` from a file."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    base: str = Field(min_length=1)
    """A name of the catalog, a .gguf file, or a folder in the form of Hugging Face."""
    lessons: tuple[Path, ...] = Field(min_length=1)
    """Files from: solvitur train instructions"""
    out: Path
    """The folder of the run: its checkpoint, its losses and its adapter."""
    seed: int = Field(0, ge=0, le=2**31 - 1)
    """Where the adapter and the order of the lessons begin."""
    epochs: int = Field(1, ge=1)
    """How often each lesson is read."""
    steps: int | None = Field(None, ge=1)
    """The most steps; by default as many as the epochs take."""
    pack: int = Field(1024, ge=16)
    """Tokens read at once: lessons are put together up to this, and longer ones are left out."""
    packs: int = Field(1, ge=1)
    """How many packs make one step."""
    rate: float = Field(2e-4, gt=0, lt=1)
    """The learning rate at its highest."""
    warmup: float = Field(0.05, ge=0, lt=1)
    """The share of the steps in which the rate rises; afterwards it falls along a cosine."""
    rank: int = Field(8, ge=1, le=256)
    """Of the adapter's matrices."""
    alpha: float = Field(16, gt=0)
    """The adapter counts alpha / rank times."""
    modules: Literal["attention", "all"] = "all"
    """What has an adapter in a layer: attention alone, or all its matrices."""
    layers: int | None = Field(None, ge=1)
    """Only so many of the last layers have adapters: each one less is time saved."""
    recompute: bool = False
    """Keep little from the way forward and work it out again: slower, for packs of many tokens."""
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    """Of the base; the adapter is float32."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where it runs; auto is a GPU where there is one."""
    threads: int | None = Field(None, ge=1)
    """Processor threads; by default all cores but one: one that something else keeps busy holds
    up all."""
    save_every: int = Field(10, ge=1)
    """Steps from one checkpoint to the next: what a kill may cost."""

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_values(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool) and info.field_name != "recompute":  # pydantic takes true for 1
            raise ValueError("a truth value does not fit")
        return value

    @property
    def checkpoint(self) -> Path:
        """The file from which the run goes on."""
        return self.out / "checkpoint.safetensors"

    @property
    def losses(self) -> Path:
        """The file with a line for each step."""
        return self.out / "loss.jsonl"

    @property
    def plot(self) -> Path:
        """The losses as a drawing."""
        return self.out / "loss.svg"

    @property
    def adapter(self) -> Path:
        """The adapter as a PEFT folder."""
        return self.out / "adapter"

    @property
    def gguf(self) -> Path:
        """The adapter as llama.cpp takes it."""
        return self.out / "adapter.gguf"

    def fingerprint(self) -> str:
        """What tells this run, on these lessons, from all others."""
        told = hashlib.sha256(self.model_dump_json(exclude=_NO_MATTER | {"lessons"}).encode())
        for path in self.lessons:
            told.update(bytes.fromhex(sha256(path)))
        return told.hexdigest()


def read_recipe(path: Path) -> Recipe:
    r"""Read what a run is to do; paths in the file are seen from the folder that it is in.

    Raises:
        ConfigError: It cannot be read, or a name or a value in it is wrong.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> told = 'base = "smollm2-135m"\nlessons = ["lessons.jsonl"]\nout = "toy"'
        >>> with TemporaryDirectory() as folder:
        ...     Path(folder, "lessons.jsonl").touch()
        ...     file = Path(folder, "run.toml")
        ...     _ = file.write_text(told)
        ...     read_recipe(file).out == Path(folder).resolve() / "toy"
        True
    """
    told = read_toml(path)
    try:
        recipe = Recipe.model_validate(told)
    except ValidationError as error:
        faults = [_fault(told, detail["loc"], detail["msg"]) for detail in error.errors()]
        raise ConfigError("\n".join(f"{path}: {fault}" for fault in faults)) from error
    return _seen_from(path.resolve().parent, recipe)


def _seen_from(folder: Path, recipe: Recipe) -> Recipe:
    base = folder / recipe.base
    places: dict[str, Any] = {
        "out": folder / recipe.out,
        "lessons": tuple(folder / each for each in recipe.lessons),
    }
    if base.exists():
        places["base"] = str(base)
    for each in places["lessons"]:
        if not each.is_file():
            raise ConfigError(
                f"there is no file of lessons at {each}; make one with: solvitur train instructions"
            )
    return recipe.model_copy(update=places)


def _fault(told: dict[str, Any], where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0])
    field = Recipe.model_fields.get(name)
    if field is None:
        near = nearest(name, Recipe.model_fields)
        hint = f"did you mean '{near}'?" if near else f"there are: {', '.join(Recipe.model_fields)}"
        return f"there is no setting '{name}'; {hint}"
    if name not in told:
        return f"'{name}' is missing. {name}: {field.description}"
    reason = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} = {told[name]!r:.60}: {reason}. {name}: {field.description}"
