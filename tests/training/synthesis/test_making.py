"""Problems made by `synthesize`: what is promised of every one of them."""

import json
from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.formulation.checks import check
from solvitur.solvers import solve
from solvitur.training import Row, read_rows, synthesize, write_rows
from solvitur.training.synthesis.families.registry import families
from solvitur.training.synthesis.overlap import Benchmark, runs


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return synthesize(len(families()), seed=11).rows


def test_the_same_seed_gives_the_same_file_byte_for_byte(rows: list[Row]) -> None:
    again = synthesize(len(families()), seed=11).rows
    assert write_rows(again) == write_rows(rows)


def test_another_seed_gives_other_texts() -> None:
    one, other = (synthesize(5, seed=seed).rows for seed in (1, 2))
    assert not {row.text for row in one} & {row.text for row in other}


def test_every_family_makes_problems(rows: list[Row]) -> None:
    assert {row.family for row in rows} == set(families())


def test_every_label_is_what_the_solver_finds(rows: list[Row]) -> None:
    for row in rows:
        solution = solve(row.formulation)
        expected = "infeasible" if row.status == "infeasible" else "solved"
        assert solution.outcome.value == expected, row.id
        if row.objective is not None:
            assert solution.objective == pytest.approx(row.objective, rel=1e-6), row.id


def test_every_text_states_what_its_label_needs(rows: list[Row]) -> None:
    for row in rows:
        if "distractor" not in row.language:
            assert check(row.formulation, row.text) == (), row.id


def test_no_two_texts_are_alike(rows: list[Row]) -> None:
    assert len({row.text for row in rows}) == len(rows)


def test_problems_like_a_benchmark_are_dropped_and_counted(tmp_path: Path) -> None:
    drawn = synthesize(6, seed=4, only=["product-mix"]).rows
    benchmark = tmp_path / "benchmark.jsonl"
    benchmark.write_text(json.dumps({"question": drawn[2].text}) + "\n", encoding="utf-8")
    made = synthesize(6, seed=4, only=["product-mix"], against=[benchmark])
    assert made.overlap["benchmark.jsonl"] >= 1
    assert not any(runs(row.text) & runs(drawn[2].text) for row in made.rows)


def test_a_file_of_rows_reads_back(rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(write_rows(rows), encoding="utf-8")
    assert list(read_rows(path)) == rows


def test_a_line_that_is_no_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1"):
        read_rows(path)


def test_an_unknown_family_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="product-mix"):
        synthesize(1, only=["magic"])


@pytest.mark.parametrize(("content", "said"), [(None, "No such file"), (b"\xff\xfe\x00", "text")])
def test_a_benchmark_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "other.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=f"cannot read .*other.jsonl: .*{said}"):
        synthesize(1, only=["diet"], against=[path])


def test_a_benchmark_may_be_text_or_json_of_any_shape(tmp_path: Path) -> None:
    (drawn,) = synthesize(1, seed=4, only=["diet"]).rows
    for name, content in (
        ("a.txt", drawn.text),
        ("b.json", json.dumps({"rows": [{"deep": {"question": drawn.text}}]}, indent=1)),
        ("c.csv", f'id,question\n1,"{drawn.text}"\n'),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        assert Benchmark(path).shares(runs(drawn.text)), name
