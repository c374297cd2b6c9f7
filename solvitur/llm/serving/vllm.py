"""vLLM, in this environment or another one: its libraries often want other versions than ours."""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from solvitur.errors import ConfigError, Error, MissingExtra, ModelUnavailable
from solvitur.llm.serving.backend import HOST, Command, Tell, Wanted
from solvitur.llm.serving.kept import Kept
from solvitur.llm.store import models_directory, sha256

_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""Ranks of adapters that vLLM makes room for."""
_PROBE = """
import importlib.metadata, json
import vllm
from vllm.platforms import current_platform
try:
    importlib.metadata.version("vllm")
    program = ["vllm.entrypoints.cli.main", "serve"]
except importlib.metadata.PackageNotFoundError:  # a build of another name, whose command fails
    program = ["vllm.entrypoints.openai.api_server", "--model"]
found = {"version": vllm.__version__, "device": current_platform.device_type, "program": program}
print("found:" + json.dumps(found))
"""
_KNOWN = (
    (r"address already in use", "another program has taken its port meanwhile"),
    (
        r"CUDA out of memory|No available memory for the cache blocks"
        r"|less than desired GPU memory utilization|larger than the maximum number of tokens",
        "the model and its context do not fit into the memory there is; give it less context with "
        "-- --max-model-len 4096, or a larger share with -- --gpu-memory-utilization 0.95",
    ),
)
"""What stands in its log, and what that means."""
_ERROR = re.compile(r"(?:^|[ :])(?:[\w.]*(?:Error|Exception)|error): (.+)$", re.MULTILINE)
_NEEDS_GPU = (
    "this build needs a GPU: serve with --backend llamacpp, or by a build for the processor "
    "(docs/serving.md)"
)
_FOLLOWS = "Engine core initialization failed"
"""Said when something else went wrong before."""


class VLLMServer:
    """Serves folders of Hugging Face, and .gguf files unpacked into that; see `Backend`.

    Args:
        python: The Python of the environment in which vLLM is installed; by default this one.
    """

    title = "vLLM"

    def __init__(self, python: Path | None = None) -> None:
        self._python = python

    def command(self, wanted: Wanted, tell: Tell) -> Command:
        """Give the program that serves a model, with the adapter under a name of its own."""
        adapter = None if wanted.adapter is None else _peft_form(wanted.adapter)
        tell("looking what vLLM can run on")
        program = self._program()
        model = wanted.model
        if model.is_file():
            model = self._unpacked(model, tell)
        context = min(wanted.context, _config(model).get("max_position_embeddings") or sys.maxsize)
        arguments = [str(self._python or sys.executable), "-m", *program, str(model)]
        arguments += ["--host", HOST, "--port", str(wanted.port)]
        arguments += ["--max-model-len", str(context)]
        # A request says how it draws, and no model's own settings come in between.
        arguments += ["--generation-config", "vllm", "--enable-prompt-tokens-details"]
        arguments += ["--allowed-origins", "[]"]  # no page in a browser may read what is answered
        arguments += ["--disable-uvicorn-access-log"]
        base = wanted.name
        if adapter is not None:
            base = base_name(wanted.name)
            rank = int(_read_json(adapter / "adapter_config.json").get("r") or _RANKS[0])
            room = next((each for each in _RANKS if each >= rank), rank)
            arguments += ["--enable-lora", "--max-lora-rank", str(room)]
            arguments += ["--lora-modules", f"{wanted.name}={adapter}"]
        arguments += ["--served-model-name", base, *wanted.options]
        quiet = dict.fromkeys(("HF_HUB_OFFLINE", "VLLM_NO_USAGE_STATS", "PYTHONUNBUFFERED"), "1")
        return Command(tuple(arguments), quiet)

    def explain(self, log: str) -> str | None:
        """Say what is known of vLLM's ways to fail, or else give its own words."""
        for pattern, meaning in _KNOWN:
            if re.search(pattern, log, re.IGNORECASE):
                return meaning
        said = [words for words in _ERROR.findall(log) if _FOLLOWS not in words]
        return said[-1] if said else None

    def _program(self) -> list[str]:
        """Find vLLM, and something for it to run on."""
        code, out, err = self._run("-c", _PROBE)
        found = re.search(r"^found:(.+)$", out, re.MULTILINE)
        if found is None:
            raise self._lacking(_last_line(err) or f"it ended with exit code {code}")
        told = json.loads(found[1])
        if not told["device"]:
            raise ModelUnavailable(f"vLLM {told['version']} finds no GPU here; {_NEEDS_GPU}")
        program: list[str] = told["program"]
        return program

    def _lacking(self, said: str) -> Error:
        if "No module named 'vllm'" not in said:
            hint = f"; {_NEEDS_GPU}" if "cuda" in said.lower() else ""
            return ModelUnavailable(f"vLLM cannot be loaded: {said}{hint}")
        if self._python is None:
            return MissingExtra("vllm", "vllm")
        return ConfigError(f"--python {self._python}: vLLM is not installed for it")

    def _unpacked(self, file: Path, tell: Tell) -> Path:
        """The folder with what a .gguf file holds, which is written once."""
        tell(f"looking whether {file.name} is unpacked")
        folder = models_directory() / "unpacked" / f"{file.stem}-{sha256(file)[:16]}"
        if folder.is_dir():
            return folder
        tell(f"unpacking {file.name} for vLLM, once")
        folder.parent.mkdir(parents=True, exist_ok=True)
        script = Path(__file__).with_name("unpacking.py").read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="part-") as partial:
            code, _, err = self._run("-c", script, str(file), f"{partial}/whole")
            if not code:
                Path(partial, "whole").rename(folder)
        if code:
            raise ModelUnavailable(
                f"{file} cannot be unpacked for vLLM: {_last_line(err)}. It takes gguf and "
                "accelerate beside vLLM (pip install gguf accelerate); or name a folder in the "
                "form of Hugging Face"
            )
        return folder

    def _run(self, *arguments: str) -> tuple[int | None, str, str]:
        """Run the Python that has vLLM to its end; give back its code, and what it said."""
        python = str(self._python or sys.executable)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            with Kept(Command((python, *arguments)), out=out, err=err) as kept:
                kept.wait()
            said = [_text(file) for file in (out, err)]
        if kept.complaint:
            raise ConfigError(f"--python {python}: {kept.complaint}")
        return kept.code, said[0], said[1]


def base_name(name: str) -> str:
    """What a model without its adapter is called where both are served.

    >>> base_name("small+mine"), base_name("tuned")
    ('small', 'tuned-base')
    """
    base, plus, _ = name.rpartition("+")
    return base if plus else f"{name}-base"


def _peft_form(adapter: Path) -> Path:
    """The folder with an adapter in the form of Hugging Face; training writes both side by side."""
    for folder in (adapter, adapter.with_suffix("")):
        if (folder / "adapter_config.json").is_file():
            return folder
    raise ConfigError(
        f"vLLM takes an adapter in the form of Hugging Face, and neither {adapter} nor "
        f"{adapter.with_suffix('')} is a folder with an adapter_config.json"
    )


def _config(model: Path) -> dict[str, Any]:
    file = model / "config.json"
    if not file.is_file():
        raise ConfigError(
            f"{model} is no folder in the form of Hugging Face: it has no config.json"
        )
    return _read_json(file)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    return found


def _last_line(said: str) -> str:
    return said.strip().rpartition("\n")[2]


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="replace")
