import subprocess
import sys
from pathlib import Path

import pytest

import solvitur.llm
from solvitur.errors import ConfigError, MissingExtra, ModelUnavailable
from solvitur.llm import VLLM, Local, OpenAI, Replay, Scripted, connect


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def test_a_name_may_carry_an_address() -> None:
    model = connect("openai:qwen2.5:1.5b@http://localhost:11434/v1")
    assert isinstance(model, OpenAI)
    assert model.name == "openai:qwen2.5:1.5b"


def test_an_at_sign_in_a_models_name_is_not_an_address() -> None:
    assert connect("vllm:org/model@v2").name == "vllm:org/model@v2"


def test_vllm_is_a_backend() -> None:
    assert isinstance(connect("vllm:m"), VLLM)


def test_scripted_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "replies.json"
    path.write_text('["yes"]')
    assert isinstance(connect(f"scripted:{path}"), Scripted)


def test_replay_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"solvitur": "recording", "format": 1}\n')
    assert isinstance(connect(f"replay:{path}"), Replay)


def test_local_takes_any_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.touch()
    model = connect(f"local:{path}")
    assert isinstance(model, Local)
    assert model.name == f"local:{path}"


def test_an_embedded_model_that_is_not_here_says_how_to_get_it() -> None:
    with pytest.raises(ModelUnavailable, match=r"solvitur models pull qwen2\.5-coder-1\.5b"):
        connect("local:qwen2.5-coder-1.5b")


@pytest.mark.parametrize("name", ["gpt-5", "anthropic:x", "openai:", ":m", "", "OpenAI:m"])
def test_another_name_lists_the_backends(name: str) -> None:
    with pytest.raises(
        ConfigError, match="the backends are litellm, local, openai, replay, scripted, vllm"
    ):
        connect(name)


@pytest.mark.parametrize("name", ["local:m.gguf", "scripted:f", "replay:f"])
def test_a_model_in_a_file_has_no_address(name: str) -> None:
    with pytest.raises(ConfigError, match="has no address"):
        connect(f"{name}@http://localhost/v1")


def test_the_public_names_are_there() -> None:
    names = solvitur.llm.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(solvitur.llm, name) for name in names)


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = "{'openai', 'litellm', 'xllamacpp', 'tenacity', 'httpx', 'httpx2', 'numpy'}"
    script = f"import sys, solvitur.llm; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"set()\n"


def test_without_litellm_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)
    with pytest.raises(MissingExtra, match=r"pip install 'solvitur\[litellm\]'"):
        connect("litellm:openai/m")
