"""A fetched file is the right one, or none; from a server on loopback."""

import hashlib
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, DatasetUnavailable
from solvitur.eval import Facts, fetch_dataset, load_dataset
from solvitur.eval.registry import OWN_REGISTRY
from solvitur.llm.catalog import SourceError
from solvitur.llm.hub import fetch_small
from tests.llm.servers import FileServer, file_server

CONTENT = b'{"en_question": "How many?", "en_answer": 12}\n{"en_question": "?!", "en_answer": 1}\n'
AT = "/set/file.jsonl"


def facts(server: FileServer, content: bytes | None = CONTENT, rows: int = 2) -> Facts:
    digest = None if content is None else hashlib.sha256(content).hexdigest()
    address = server.url + AT
    return Facts(name="mine", title="Mine", rows=rows, download=address, sha256=digest)


def test_a_file_with_the_known_hash_is_kept_and_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with file_server({AT: CONTENT}) as server:
        known = facts(server)
        came = fetch_dataset(known, folder)
    assert (came.file, came.rows, came.remarks) == (folder / "mine.jsonl", 2, ())
    assert came.file.read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["mine.jsonl"]
    listed = f'{{"format": 1, "datasets": [{known.model_dump_json()}]}}'
    (folder / OWN_REGISTRY).write_text(listed)
    assert load_dataset("mine", folder).remarks == ()


def test_another_file_is_not_kept(tmp_path: Path) -> None:
    with (
        file_server({AT: CONTENT}) as server,
        pytest.raises(DatasetUnavailable, match=r"its SHA-256 is \w+, not \w+; nothing is kept"),
    ):
        fetch_dataset(facts(server, b"other"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_hash_it_is_told_that_nobody_knows(tmp_path: Path) -> None:
    with file_server({AT: CONTENT}) as server:
        came = fetch_dataset(facts(server, None), tmp_path)
        fewer = fetch_dataset(facts(server, None, rows=3), tmp_path)
    assert came.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert came.remarks == ("no hash of the published file is known to verify it by",)
    assert fewer.remarks == (*came.remarks, "it has 2 problems, not 3")


def test_a_page_in_place_of_the_file_is_not_kept(tmp_path: Path) -> None:
    with (
        file_server({AT: b"<html>moved</html>"}) as server,
        pytest.raises(ConfigError, match="this is not JSON"),
    ):
        fetch_dataset(facts(server, None), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_has_it_not_is_told_with_what_to_do(tmp_path: Path) -> None:
    with (
        file_server({}) as server,
        pytest.raises(DatasetUnavailable, match=r"cannot fetch 'mine': .* 404.*put it at .*mine"),
    ):
        fetch_dataset(facts(server), tmp_path)


def test_an_older_file_is_replaced_only_by_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_bytes(b"older")
    with file_server({AT: CONTENT}) as server:
        with pytest.raises(DatasetUnavailable):
            fetch_dataset(facts(server, b"other"), tmp_path)
        assert (tmp_path / "mine.jsonl").read_bytes() == b"older"
        fetch_dataset(facts(server), tmp_path)
    assert (tmp_path / "mine.jsonl").read_bytes() == CONTENT


def test_a_set_that_is_no_single_file_says_where_to_look(tmp_path: Path) -> None:
    whole = Facts(name="many", title="Many", url="https://example.com/many")
    with pytest.raises(DatasetUnavailable, match=r"look at https://example\.com/many"):
        fetch_dataset(whole, tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with (
        file_server({AT: CONTENT}) as server,
        pytest.raises(DatasetUnavailable, match=r"cannot write .*mine\.jsonl: .*; name another"),
    ):
        fetch_dataset(facts(server), tmp_path / "file")


def test_a_connection_that_is_cut_brings_nothing() -> None:
    with (
        file_server({AT: CONTENT}, cuts=[10]) as server,
        pytest.raises(SourceError, match="the connection ended early"),
    ):
        fetch_small(server.url + AT, 1000)


def test_more_than_is_wanted_is_refused() -> None:
    with (
        file_server({AT: b"x" * 3_000_000}) as server,
        pytest.raises(SourceError, match="more than 2 MB"),
    ):
        fetch_small(server.url + AT, 2_000_000)
