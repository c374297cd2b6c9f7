import os
from pathlib import Path

import pytest

from solvitur.errors import ModelUnavailable
from solvitur.llm import store
from tests.llm.entries import CONTENT, entry

ENTRY = entry()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / ENTRY.file
    path.write_bytes(CONTENT)
    return path


def test_models_lie_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SOLVITUR_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.models_directory() == tmp_path / "solvitur" / "models"


def test_the_environment_names_another_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    assert store.models_directory() == tmp_path / "models"


def test_an_absent_file_is_none(tmp_path: Path) -> None:
    assert store.installed(ENTRY, tmp_path) is None


def test_a_whole_file_is_found(path: Path) -> None:
    assert store.installed(ENTRY, path.parent) == path


def test_a_whole_file_is_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.installed(ENTRY, path.parent)
    monkeypatch.delattr(store, "sha256")
    assert store.installed(ENTRY, path.parent) == path


def test_a_file_that_changed_is_read_again(path: Path) -> None:
    store.installed(ENTRY, path.parent)
    path.write_bytes(CONTENT[:-1] + b"?")
    os.utime(path, ns=(0, 0))
    with pytest.raises(ModelUnavailable, match=r"damaged.*solvitur models pull some-model"):
        store.installed(ENTRY, path.parent)


def test_a_file_of_another_size_is_damaged(path: Path) -> None:
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelUnavailable, match="damaged"):
        store.installed(ENTRY, path.parent)


@pytest.mark.parametrize("stamp", [b"", b"{", b"[]", b"\xff", b'{"format": 2}'])
def test_an_odd_stamp_is_written_again(path: Path, stamp: bytes) -> None:
    stamp_path = path.with_name("weights.gguf.verified")
    stamp_path.write_bytes(stamp)
    assert store.installed(ENTRY, path.parent) == path
    assert ENTRY.sha256.encode() in stamp_path.read_bytes()


def test_locating_an_absent_file_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailable, match=r"\(3 MB\).*solvitur models pull some-model"):
        store.locate(ENTRY)
