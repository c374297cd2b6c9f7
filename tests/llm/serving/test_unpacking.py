"""A .gguf file as vLLM reads it; only where the libraries that train are."""

import json
from pathlib import Path

import pytest

from solvitur.llm.catalog import find_entry
from solvitur.llm.serving.unpacking import unpack
from solvitur.llm.store import installed

SMALL = installed(find_entry("smollm2-135m"))


@pytest.mark.skipif(SMALL is None, reason="needs a model: solvitur models pull smollm2-135m")
@pytest.mark.filterwarnings("ignore")  # of the libraries
def test_what_is_unpacked_writes_what_the_file_does(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("gguf")
    transformers = pytest.importorskip("transformers")
    assert SMALL is not None

    unpack(SMALL, tmp_path / "whole")

    config = json.loads((tmp_path / "whole" / "config.json").read_text())
    assert "quantization_config" not in config
    assert (config["model_type"], config["dtype"]) == ("llama", "bfloat16")
    folder = {"local_files_only": True}
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "whole", **folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "whole", dtype=torch.float32, **folder
    )
    asked = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(
        asked, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    written = model.generate(**prompt, max_new_tokens=10, do_sample=False)
    assert "Paris" in tokenizer.decode(written[0, prompt["input_ids"].shape[1] :])
