"""What vLLM is told, by a stand-in that writes it down; and what is missing before it starts."""

import asyncio
import sys
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, MissingExtra, ModelUnavailable
from solvitur.llm import TUNED, VLLM, Feature, Message, Request, connect
from solvitur.llm.serving import Serving, VLLMServer, serve
from solvitur.llm.store import models_directory, sha256
from tests.llm.gguf_files import write_adapter, write_gguf
from tests.llm.serving import stand_in

ASK = Request(messages=(Message.user("Is it?"),))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-in is, and models are."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path / "cache"))
    for variable in ("VLLM_NO_USAGE_STATS", "VLLM_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    stand_in.install(tmp_path, monkeypatch)
    return tmp_path


def start(
    name: object, *options: str, python: Path | None = None, port: int | None = None
) -> Serving:
    return serve(str(name), VLLMServer(python), options=options, port=port)


def command_line(folder: Path, name: object, *options: str) -> list[str]:
    with start(name, *options) as serving:
        assert serving.wait_until_ready()
    return stand_in.told(folder)[0]


def test_a_folder_is_served_under_its_name_on_loopback_alone(folder: Path) -> None:
    small = stand_in.model(folder / "small", max_position_embeddings=4096)
    with start(small) as serving:
        assert serving.wait_until_ready()
        assert serving.served.model == f"vllm:small@{serving.served.url}"
        assert asyncio.run(connect(serving.served.model).reply(ASK)).text == "small"
    arguments, environment = stand_in.told(folder)
    assert arguments == [
        "serve",
        str(small),
        "--host",
        "127.0.0.1",
        "--port",
        serving.served.url.removesuffix("/v1").rpartition(":")[2],
        "--max-model-len",
        "4096",
        "--generation-config",
        "vllm",
        "--enable-prompt-tokens-details",
        "--allowed-origins",
        "[]",
        "--disable-uvicorn-access-log",
        "--served-model-name",
        "small",
    ]
    assert environment["HF_HUB_OFFLINE"] == environment["VLLM_NO_USAGE_STATS"] == "1"


def test_a_context_that_a_model_can_take_is_not_used_up(folder: Path) -> None:
    long = stand_in.model(folder / "long", max_position_embeddings=131072)
    line = command_line(folder, long)
    assert line[line.index("--max-model-len") + 1] == "8192"


@pytest.mark.parametrize(("rank", "room"), [(4, "8"), (8, "8"), (12, "16"), (600, "600")])
def test_an_adapter_has_a_name_and_the_base_its_own(folder: Path, rank: int, room: str) -> None:
    small = stand_in.model(folder / "small")
    mine = stand_in.adapter(folder / "mine", rank)
    line = command_line(folder, f"{small}+{mine}")
    adapter = line[line.index("--enable-lora") :]
    assert adapter == [
        "--enable-lora",
        "--max-lora-rank",
        room,
        "--lora-modules",
        f"small+mine={mine}",
        "--served-model-name",
        "small",
    ]


def test_of_an_adapter_for_llama_cpp_the_folder_beside_it_is_taken_and_what_it_learned(
    folder: Path,
) -> None:
    small, mine = stand_in.model(folder / "small"), stand_in.adapter(folder / "mine")
    write_adapter(folder / "mine.gguf", "elements", "steps")
    with start(f"{small}+{folder / 'mine.gguf'}") as serving:
        assert serving.wait_until_ready()
        tuned = connect(serving.served.model).features & TUNED
        base = VLLM("small", base_url=serving.served.url).features & TUNED
    line = stand_in.told(folder)[0]
    assert line[line.index("--lora-modules") + 1] == f"small+mine={mine}"
    assert (tuned, base) == ({Feature.tuned_elements, Feature.tuned_steps}, frozenset())
    assert not VLLM("small+mine", base_url=serving.served.url).features & TUNED


def test_an_adapter_in_no_form_for_vllm_is_an_error(folder: Path) -> None:
    small = stand_in.model(folder / "small")
    write_gguf(folder / "mine.gguf")
    with pytest.raises(ConfigError, match=r"takes an adapter in the form of Hugging Face"):
        start(f"{small}+{folder / 'mine.gguf'}")


def test_further_options_come_last_so_that_they_hold(folder: Path) -> None:
    small = stand_in.model(folder / "small")
    assert command_line(folder, small, "--max-model-len", "64")[-2:] == ["--max-model-len", "64"]


def test_a_build_of_another_name_is_started_by_its_module(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "vllm-0.32.0.dist-info" / "METADATA").unlink()
    (folder / "vllm-0.32.0.dist-info").rmdir()
    small = stand_in.model(folder / "small")
    assert command_line(folder, small)[:2] == ["--model", str(small)]


def test_a_file_that_was_unpacked_is_not_unpacked_again(folder: Path) -> None:
    file = folder / "tiny.gguf"
    file.write_bytes(b"weights")
    there = models_directory() / "unpacked" / f"tiny-{sha256(file)[:16]}"
    there.parent.mkdir(parents=True)
    stand_in.model(there)
    assert command_line(folder, file)[1] == str(there)


def test_a_file_that_cannot_be_unpacked_leaves_nothing_behind(folder: Path) -> None:
    file = folder / "tiny.gguf"
    file.write_bytes(b"weights")
    with pytest.raises(
        ModelUnavailable, match=r"unpacked for vLLM: ImportError: there is no torch"
    ):
        start(file)
    assert list((models_directory() / "unpacked").iterdir()) == []


def test_a_folder_of_something_else_is_an_error(folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"empty is no folder in the form of Hugging Face"):
        start(folder / "empty")


def test_no_gpu_is_said_before_anything_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_DEVICE", "")
    with pytest.raises(ModelUnavailable, match=r"vLLM 0\.32\.0 finds no GPU here"):
        start(stand_in.model(folder / "small"))
    assert not (folder / "told.json").exists()


def test_vllm_that_is_not_installed_is_a_missing_extra(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stand_in.model(folder / "nothing")))
    small = stand_in.model(folder / "small")
    with pytest.raises(MissingExtra, match=r"pip install 'solvitur\[vllm\]'"):
        start(small)
    with pytest.raises(ConfigError, match=r"--python .*: vLLM is not installed for it"):
        start(small, python=Path(sys.executable))


def test_a_vllm_that_cannot_be_loaded_says_why(folder: Path) -> None:
    (folder / "vllm" / "__init__.py").write_text("raise ImportError('libcuda.so.1 is missing')")
    with pytest.raises(
        ModelUnavailable,
        match=r"loaded: ImportError: libcuda\.so\.1 is missing; this build needs a GPU",
    ):
        start(stand_in.model(folder / "small"))


def test_a_python_that_is_not_there_is_an_error(folder: Path) -> None:
    small = stand_in.model(folder / "small")
    with pytest.raises(ConfigError, match=r"--python /no/python: No such file"):
        start(small, python=Path("/no/python"))


def test_one_that_wants_a_key_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VLLM_API_KEY", "secret")
    with (
        start(stand_in.model(folder / "small")) as serving,
        pytest.raises(ConfigError, match=r"vLLM wants a key, .*unset VLLM_API_KEY$"),
    ):
        serving.wait_until_ready()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[Errno 98] error while attempting to bind: address already in use", "taken its port"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate", "do not fit"),
        ("main.py: error: unrecognized arguments: --odd", "unrecognized arguments: --odd"),
        (
            "(EngineCore pid=1) ERROR 11-29 [core.py:9] ValueError: no weights in it\n"
            "RuntimeError: Engine core initialization failed. See root cause above.",
            "ended before it was ready: no weights in it; its log is",
        ),
        ("Killed", "ended before it was ready with exit code 1; its log is"),
    ],
)
def test_one_that_does_not_start_says_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", said)
    with (
        start(stand_in.model(folder / "small")) as serving,
        pytest.raises(ModelUnavailable, match=r"vLLM ended before it was ready") as raised,
    ):
        serving.wait_until_ready()
    assert told in str(raised.value)
