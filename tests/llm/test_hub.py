from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.llm.catalog import SourceError
from solvitur.llm.hub import fetch_file, url
from tests.llm.entries import CONTENT, HUB, PATH
from tests.llm.servers import FileServer, file_server

SIZE = len(CONTENT)


@pytest.fixture
def partial(tmp_path: Path) -> Path:
    return tmp_path / "weights.gguf.part"


def fetch(server: FileServer, partial: Path, size: int = SIZE) -> list[int]:
    progress: list[int] = []
    fetch_file(server.url + PATH, partial, size, progress.append)
    return progress


def test_the_address_is_the_public_hubs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert url(HUB) == f"https://huggingface.co{PATH}"


def test_the_address_may_be_a_mirrors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example/")
    assert url(HUB) == f"http://mirror.example{PATH}"


def test_a_mirror_must_be_a_web_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    with pytest.raises(ConfigError, match="HF_ENDPOINT must start with https"):
        url(HUB)


def test_a_file_is_fetched_with_progress(partial: Path) -> None:
    with file_server({PATH: CONTENT}) as server:
        progress = fetch(server, partial)
    assert partial.read_bytes() == CONTENT
    assert progress == sorted(progress)
    assert progress[-1] == SIZE


def test_an_earlier_part_is_not_asked_again(partial: Path) -> None:
    partial.write_bytes(CONTENT[:1_000_000])
    with file_server({PATH: CONTENT}) as server:
        fetch(server, partial)
    assert server.ranges == ["bytes=1000000-"]
    assert partial.read_bytes() == CONTENT


def test_a_server_that_cannot_resume_sends_everything(partial: Path) -> None:
    partial.write_bytes(CONTENT[:1_000_000])
    with file_server({PATH: CONTENT}, resumable=False) as server:
        fetch(server, partial)
    assert partial.read_bytes() == CONTENT


def test_a_connection_cut_in_the_middle_is_opened_again(partial: Path) -> None:
    with file_server({PATH: CONTENT}, cuts=[1_000_000, 500_000]) as server:
        fetch(server, partial)
    assert server.ranges == [None, "bytes=1000000-", "bytes=1500000-"]
    assert partial.read_bytes() == CONTENT


def test_a_server_that_gives_nothing_more_is_given_up(partial: Path) -> None:
    with (
        file_server({PATH: CONTENT}, cuts=[1_000_000, 0]) as server,
        pytest.raises(SourceError, match="the connection ended early"),
    ):
        fetch(server, partial)
    assert partial.read_bytes() == CONTENT[:1_000_000]


def test_a_file_that_is_not_there_is_a_failed_source(partial: Path) -> None:
    with file_server({}) as server, pytest.raises(SourceError, match="404"):
        fetch(server, partial)


@pytest.mark.parametrize("size", [SIZE - 1, SIZE + 1])
def test_a_file_of_another_size_is_not_fetched(partial: Path, size: int) -> None:
    with file_server({PATH: CONTENT}) as server, pytest.raises(SourceError, match="bytes"):
        fetch(server, partial, size)
    assert not partial.exists()


def test_a_server_out_of_reach_is_a_failed_source(partial: Path) -> None:
    with file_server({}) as server:
        pass
    with pytest.raises(SourceError, match="refused"):
        fetch(server, partial)


def test_a_full_disk_is_an_error_of_the_disk(partial: Path) -> None:
    partial.symlink_to("/dev/full")
    with (
        file_server({PATH: CONTENT}) as server,
        pytest.raises(OSError, match="No space left on device"),
    ):
        fetch(server, partial)
