"""An adapter as others take it: a PEFT folder, and a GGUF file for llama.cpp."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solvitur.llm.adapters import BASE, BASE_SHA256, TASKS, Note
from solvitur.llm.catalog import CATALOG
from solvitur.llm.store import content_sha256
from solvitur.training.tuning.base import place
from solvitur.training.tuning.recipe import Recipe
from solvitur.writing import write_at_once

_MATRIX = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight")


def export(model: Any, recipe: Recipe, tasks: Iterable[str]) -> None:
    """Write the adapter of a trained model in both forms.

    Args:
        model: As `load_model` gave it.
        recipe: Whose `adapter` and `gguf` are written.
        tasks: What it learned to be asked.
    """
    from peft import get_peft_model_state_dict

    state = get_peft_model_state_dict(model, save_embedding_layers=False)
    matrices = {name: each.float().cpu().contiguous() for name, each in state.items()}
    laid = model.peft_config["default"]
    write_folder(recipe.adapter, matrices, laid.to_dict(), recipe.base)
    write_gguf(recipe.gguf, matrices, laid.lora_alpha, model.config, note(recipe.base, tasks))


def note(base: str, tasks: Iterable[str]) -> Note:
    """Give what an adapter is to say of itself."""
    folder, options = place(base)
    file = options.get("gguf_file")
    name = base if base in CATALOG else file or folder.name
    return Note(tuple(sorted(set(tasks))), name, content_sha256(folder / file) if file else "")


def write_folder(path: Path, matrices: dict[str, Any], config: dict[str, Any], base: str) -> None:
    """Write an adapter as PEFT and vLLM take it.

    Args:
        path: The folder.
        matrices: By the names that PEFT gives them.
        config: What the adapter is, as PEFT has it.
        base: What it is laid on.
    """
    from safetensors.torch import save

    told = config | {"base_model_name_or_path": base, "inference_mode": True}
    told = {key: sorted(each) if isinstance(each, set) else each for key, each in told.items()}
    path.mkdir(exist_ok=True)
    write_at_once(path / "adapter_model.safetensors", save(matrices, metadata={"format": "pt"}))
    content = json.dumps(told, indent=2, sort_keys=True)
    write_at_once(path / "adapter_config.json", f"{content}\n".encode())


def write_gguf(path: Path, matrices: dict[str, Any], alpha: float, config: Any, said: Note) -> None:
    """Write an adapter as llama.cpp takes it, in half precision.

    Args:
        path: The file.
        matrices: By the names that PEFT gives them.
        alpha: The adapter counts alpha / rank times.
        config: Of the base, as transformers has it.
        said: What it says of itself.
    """
    import gguf

    kind = config.model_type
    (architecture,) = (key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == kind)
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    writer = gguf.GGUFWriter(partial, kind)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    writer.add_array(TASKS, said.tasks)
    writer.add_string(BASE, said.base)
    if said.base_sha256:
        writer.add_string(BASE_SHA256, said.base_sha256)
    for name, matrix in sorted(matrices.items()):
        found = _MATRIX.fullmatch(name)
        assert found is not None, name
        module, side = found["module"], found["side"]
        if side == "B" and kind == "llama":
            matrix = _interleaved(matrix, module, config)
        there = names.get_name(f"{module}.weight", try_suffixes=(".weight",))
        writer.add_tensor(f"{there}.lora_{side.lower()}", matrix.half().numpy())
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _interleaved(matrix: Any, module: str, config: Any) -> Any:
    """Order the rows of a query or a key as llama.cpp turns them: halves as pairs."""
    heads = {
        "q_proj": config.num_attention_heads,
        "k_proj": config.num_key_value_heads,
    }.get(module.rpartition(".")[2])
    if heads is None:
        return matrix
    halves = matrix.reshape(heads, 2, -1, matrix.shape[1])
    return halves.swapaxes(1, 2).reshape(matrix.shape).contiguous()
