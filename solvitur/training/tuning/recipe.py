"""What a run of training is to do, as one TOML file says it."""

import hashlib
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from solvitur.config import meant, read_toml
from solvitur.errors import ConfigError
from solvitur.llm.store import sha256
from solvitur.training.sampling import Sample

_NO_MATTER = {"out", "device", "threads", "save_every", "recompute"}
"""What may change between the parts of one run."""


class Recipe(BaseModel):
    """One run: what is trained, and how; on what says each kind of it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    base: str = Field(min_length=1)
    """A name of the catalog, a .gguf file, or a folder in the form of Hugging Face."""
    out: Path
    """The folder of the run: its checkpoint, its losses and its adapter."""
    seed: int = Field(0, ge=0, le=2**31 - 1)
    """Where what is drawn begins: a new adapter, and the order of what is read."""
    epochs: int = Field(1, ge=1)
    """How often each example is read."""
    steps: int | None = Field(None, ge=1)
    """The most steps; by default as many as the epochs take."""
    pack: int = Field(1024, ge=16)
    """Tokens read at once: examples are put together up to this, and longer ones are left out."""
    packs: int = Field(1, ge=1)
    """How many packs make one step."""
    rate: float = Field(2e-4, gt=0, lt=1)
    """The learning rate at its highest."""
    warmup: float = Field(0.05, ge=0, lt=1)
    """The share of the steps in which the rate rises; afterwards it falls along a cosine."""
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

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that are learned from, and what is gone on from."""
        raise NotImplementedError

    def made_by(self, path: Path) -> str:
        """The command that makes one of these files."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """What tells this run, on what it learns from, from all others."""
        paths = {name for name, value in self if name != "out" and _paths(value)}
        told = hashlib.sha256(self.model_dump_json(exclude=_NO_MATTER | paths).encode())
        for path in self.inputs:
            told.update(bytes.fromhex(sha256(path)))
        return told.hexdigest()


class SFT(Recipe):
    """Supervised training: a new adapter learns lessons."""

    lessons: tuple[Path, ...] = Field(min_length=1)
    """Files from: solvitur train instructions"""
    rank: int = Field(8, ge=1, le=256)
    """Of the adapter's matrices."""
    alpha: float = Field(16, gt=0)
    """The adapter counts alpha / rank times."""
    modules: Literal["attention", "all"] = "all"
    """What has an adapter in a layer: attention alone, or all its matrices."""
    layers: int | None = Field(None, ge=1)
    """Only so many of the last layers have adapters: each one less is time saved."""

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files of lessons."""
        return self.lessons

    def made_by(self, path: Path) -> str:
        """The command that makes one of these files."""
        return "solvitur train instructions"


class KTO(Recipe):
    """Alignment: an adapter that is there learns which of its replies are wanted."""

    rate: float = Field(5e-5, gt=0, lt=1)
    """The learning rate at its highest."""
    packs: int = Field(4, ge=1)
    """How many packs make one step; how far the adapter has moved is measured over them."""
    after: Path
    """The folder of the run of solvitur train sft that made the adapter."""
    samples: tuple[Path, ...] = Field(min_length=1)
    """Files from: solvitur train sample"""
    wanted: Literal["right", "feasible", "executes"] = "right"
    """What a reply has to be to be wanted; less than right is for a model that seldom is."""
    beta: float = Field(0.1, gt=0)
    """How soon it counts as enough to say a reply more, or less, than before."""
    desirable: float | None = Field(None, ge=0)
    """The weight of a wanted reply; by default such that both kinds weigh alike in all."""
    undesirable: float | None = Field(None, ge=0)
    """The weight of another one; likewise."""

    def wants(self, sample: Sample) -> bool:
        """Whether a reply is wanted."""
        known = {"right": sample.is_right, "feasible": sample.feasible, "executes": sample.executes}
        return bool(known[self.wanted])

    @property
    def start(self) -> Path:
        """The adapter that it goes on from, as a PEFT folder."""
        return self.after / "adapter"

    @property
    def start_gguf(self) -> Path:
        """The same for llama.cpp, with what it says of itself."""
        return self.after / "adapter.gguf"

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The samples, and the weights of the adapter."""
        return (*self.samples, self.start / "adapter_model.safetensors")

    def made_by(self, path: Path) -> str:
        """The command that makes one of these files."""
        return f"solvitur train {'sample' if path in self.samples else 'sft'}"


_Kind = TypeVar("_Kind", bound=Recipe)


def read_recipe(path: Path, kind: type[_Kind]) -> _Kind:
    r"""Read what a run is to do; paths in the file are seen from the folder that it is in.

    Args:
        path: The file.
        kind: What a run it is: `SFT` or `KTO`.

    Raises:
        ConfigError: It cannot be read, a name or a value in it is wrong, or a file is missing.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> told = 'base = "smollm2-135m"\nlessons = ["lessons.jsonl"]\nout = "toy"'
        >>> with TemporaryDirectory() as folder:
        ...     Path(folder, "lessons.jsonl").touch()
        ...     file = Path(folder, "run.toml")
        ...     _ = file.write_text(told)
        ...     read_recipe(file, SFT).out == Path(folder).resolve() / "toy"
        True
    """
    told = read_toml(path)
    try:
        recipe = kind.model_validate(told)
    except ValidationError as error:
        faults = [_fault(kind, told, each["loc"], each["msg"]) for each in error.errors()]
        raise ConfigError("\n".join(f"{path}: {fault}" for fault in faults)) from error
    recipe = _seen_from(path.resolve().parent, recipe)
    for each in recipe.inputs:
        if not each.is_file():
            raise ConfigError(f"there is no file {each}; make it with: {recipe.made_by(each)}")
    return recipe


def _paths(value: Any) -> tuple[Path, ...]:
    """Give the paths that a setting is."""
    found = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in found if isinstance(each, Path))


def _seen_from(folder: Path, recipe: _Kind) -> _Kind:
    places: dict[str, Any] = {}
    for name, value in recipe:
        if found := tuple(folder / each for each in _paths(value)):
            places[name] = found if isinstance(value, tuple) else found[0]
    if (folder / recipe.base).exists():
        places["base"] = str(folder / recipe.base)
    return recipe.model_copy(update=places)


def _fault(
    kind: type[Recipe], told: dict[str, Any], where: tuple[int | str, ...], message: str
) -> str:
    name = str(where[0])
    field = kind.model_fields.get(name)
    if field is None:
        return f"there is no setting '{name}'; {meant(name, kind.model_fields)}"
    if name not in told:
        return f"'{name}' is missing. {name}: {field.description}"
    reason = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} = {told[name]!r:.60}: {reason}. {name}: {field.description}"
