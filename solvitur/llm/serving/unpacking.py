"""Writing a .gguf file in the form of Hugging Face, the only one that vLLM reads.

This file is run on its own, by the Python that has vLLM: torch and transformers are there too.
"""

import sys
from pathlib import Path


def unpack(file: Path, folder: Path) -> None:
    """Write weights in 16 bits, the tokenizer with its chat template, and the configuration.

    Args:
        file: A .gguf file of an architecture that transformers can read.
        folder: Is made; whoever asks gives it its name when it is whole.
    """
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder.mkdir(parents=True)
    source = {"gguf_file": file.name, "local_files_only": True}
    AutoTokenizer.from_pretrained(file.parent, **source).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.bfloat16, **source)
    model.generation_config.save_pretrained(folder)
    # `save_pretrained` of the model refuses: transformers holds what came from GGUF for quantized.
    config = model.config
    for name in ("quantization_config", "_pre_quantization_dtype"):
        if hasattr(config, name):
            delattr(config, name)
    config.save_pretrained(folder)
    shared = set(model.all_tied_weights_keys) if config.tie_word_embeddings else set()
    weights = {n: t.contiguous() for n, t in model.state_dict().items() if n not in shared}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
