from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from solvitur.writing import write_at_once


def test_of_several_writers_at_once_each_writes_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    contents = [bytes([letter]) * 100_000 for letter in b"abcdefgh"]

    with ThreadPoolExecutor(len(contents)) as pool:
        list(pool.map(lambda content: write_at_once(path, content), contents))

    assert path.read_bytes() in contents
    assert [*tmp_path.iterdir()] == [path]


def test_what_stands_in_the_way_is_an_error_that_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    for path in (tmp_path / "folder", tmp_path / "file" / "inside"):
        with pytest.raises(OSError, match=r"[Dd]irectory"):
            write_at_once(path, b"new")

    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]
