"""The model that is trained: its weights and its tokenizer, with an adapter on them."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

from solvitur.config import available_cores
from solvitur.errors import ConfigError, MissingExtra, ModelUnavailable
from solvitur.llm.catalog import CATALOG
from solvitur.llm.store import locate
from solvitur.training.tuning.recipe import KTO, SFT, Recipe

ARCHITECTURES = ("llama", "qwen2")
"""Kinds of models whose adapters can be written for llama.cpp, as both sides call them."""

_ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
_ALL = (*_ATTENTION, "gate_proj", "up_proj", "down_proj")


def need_libraries() -> None:
    """Say which extra is missing, before anything is spent.

    Raises:
        MissingExtra: One of the libraries is not installed.
    """
    try:
        import gguf  # noqa: F401
        import peft  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtra(error.name or "torch", "train") from error


def place(base: str) -> tuple[Path, dict[str, str]]:
    """Find a base by its name: the folder, and what else transformers must be told.

    Raises:
        ConfigError: There is nothing of that name.
        ModelUnavailable: A model of the catalog is not on this machine.
    """
    path = locate(CATALOG[base]) if base in CATALOG else Path(base)
    if path.is_file():
        return path.parent, {"gguf_file": path.name}
    if not (path / "config.json").is_file():
        raise ConfigError(
            f"base = {base!r} is no .gguf file, no folder with a config.json, and no embedded "
            f"model; the embedded models are {', '.join(CATALOG)}"
        )
    return path, {}


def load_tokenizer(base: str) -> Any:
    """Load the tokenizer of a base, with its chat template.

    Raises:
        ConfigError: The base has no chat template.
    """
    from transformers import AutoTokenizer

    folder, options = place(base)
    with _quiet():
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, **options)
    if not tokenizer.chat_template:
        raise ConfigError(f"{base} has no chat template, so no conversation can be written for it")
    return tokenizer


def load_model(recipe: Recipe) -> Any:
    """Load the base and lay an adapter on it; only the adapter can learn.

    It is a new one, drawn by the seed, or the one that the run goes on from.

    Raises:
        ConfigError: The base is of a kind whose adapters cannot be exported, lacks a GPU, or the
            adapter does not suit it.
        ModelUnavailable: The file cannot be read.
    """
    import torch
    from transformers import AutoModelForCausalLM

    device = _device(recipe)
    torch.set_num_threads(recipe.threads or max(1, available_cores() - 1))
    folder, options = place(recipe.base)
    with _quiet():
        try:
            model = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=getattr(torch, recipe.precision),
                local_files_only=True,
                **options,
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(f"{recipe.base} cannot be loaded: {error}") from error
    if model.config.model_type not in ARCHITECTURES:
        raise ConfigError(
            f"{recipe.base} is of the kind {model.config.model_type!r}; adapters can be made for "
            f"{', '.join(ARCHITECTURES)}"
        )
    model = model.to(device)
    tuned = _with_new(model, recipe) if isinstance(recipe, SFT) else _with_old(model, recipe)
    if recipe.recompute:  # not before: peft would then work backwards through every layer
        with _quiet():
            tuned.gradient_checkpointing_enable({"use_reentrant": False})
    return tuned


def _with_old(model: Any, recipe: Recipe) -> Any:
    from peft import PeftModel

    assert isinstance(recipe, KTO)
    with _quiet():
        try:
            return PeftModel.from_pretrained(model, recipe.start, is_trainable=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise ConfigError(
                f"the adapter in {recipe.start} does not suit {recipe.base}: {error}"
            ) from error


def _with_new(model: Any, recipe: SFT) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    count = model.config.num_hidden_layers
    if recipe.layers is not None and recipe.layers > count:
        raise ConfigError(f"layers = {recipe.layers}: this model has {count}")
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        target_modules=list(_ATTENTION if recipe.modules == "attention" else _ALL),
        layers_to_transform=list(range(count - (recipe.layers or count), count)),
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(recipe.seed)
    with _quiet():
        return get_peft_model(model, config)


def _device(recipe: Recipe) -> str:
    import torch

    has_gpu = torch.cuda.is_available()
    if recipe.device == "cuda" and not has_gpu:
        raise ConfigError('device = "cuda": torch finds no GPU here; leave it at "auto"')
    return "cuda" if has_gpu and recipe.device != "cpu" else "cpu"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep bars and advice of the libraries off the terminal."""
    from transformers.utils import logging

    verbosity, has_bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings(action="ignore"), redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)
        if has_bar:
            logging.enable_progress_bar()
