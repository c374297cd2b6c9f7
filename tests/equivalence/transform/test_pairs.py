"""Whole benchmarks of pairs."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.program import Program, Row
from solvitur.equivalence.transform import TRANSFORMATIONS, generate, write_pairs
from solvitur.solvers import read_program_file

COUNT = len(TRANSFORMATIONS)


def test_all_classes_come_in_turn_and_the_same_seed_gives_the_same_pairs() -> None:
    pairs = list(generate(COUNT, 3, most=20))
    assert [pair.transformation for pair in pairs] == list(TRANSFORMATIONS)
    assert list(generate(5, 3, most=20)) == pairs[:5]
    assert list(generate(5, 4, most=20)) != pairs[:5]
    assert {pair.label.is_equivalent for pair in pairs} == {True, False}


def rows_of(program: Program) -> list[Any]:
    """The rows with one side each, which is what a file has of them."""

    def named(row: Row) -> list[tuple[str, Fraction]]:
        return sorted((program.columns[c].name, value) for c, value in row.coefficients.items())

    found = []
    for row in program.rows:
        if row.coefficients and row.lower == row.upper:
            found.append((named(row), row.lower, row.upper))
        elif row.coefficients:
            found += [(named(row), row.lower, None)] if row.lower is not None else []
            found += [(named(row), None, row.upper)] if row.upper is not None else []
    return found


def test_the_files_say_every_number_exactly(tmp_path: Path) -> None:
    for pair in write_pairs(tmp_path, COUNT, 1, most=20):
        for side, program in (("a", pair.a), ("b", pair.b)):
            read = Program.of(read_program_file(tmp_path / f"{pair.name}_{side}.lp"))
            assert read.columns == program.columns
            assert read.objective == program.objective
            assert (read.constant, read.minimise) == (program.constant, program.minimise)
            assert rows_of(read) == rows_of(program)


def test_the_labels_are_one_json_object_a_line(tmp_path: Path) -> None:
    pairs = list(write_pairs(tmp_path, 3, 1))
    lines = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert [line["transformation"] for line in lines] == [
        "renamed",
        "rows scaled",
        "columns scaled",
    ]
    for line, pair in zip(lines, pairs, strict=True):
        assert line["equivalent"] is True
        assert line["holds_for_any_mapping"] is None
        assert (tmp_path / line["a"]).is_file()
        assert pair.there is not None
        assert line["a_to_b"] == pair.there.in_words(pair.a, pair.b).splitlines()
        assert isinstance(pair.back, Mapping)
