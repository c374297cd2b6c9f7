"""``solvitur train`` from the outside."""

import json
from pathlib import Path

from solvitur.training import read_rows, read_samples
from solvitur.training.replies import as_json
from tests.cli.conftest import Run


def test_problems_go_to_a_file_and_figures_to_the_terminal(run: Run, home: Path) -> None:
    out = home / "problems.jsonl"
    done = run("train", "synthesize", "--n", "4", "--seed", "2", "-o", str(out))
    assert (done.code, done.out) == (0, "")
    assert len(read_rows(out)) == 4
    assert "problems: 4 of" in done.err


def test_without_a_file_problems_go_to_stdout(run: Run) -> None:
    done = run("train", "synthesize", "--n", "1", "--family", "diet")
    assert done.code == 0
    assert done.out.startswith('{"id":"diet-0-0"')


def test_a_benchmark_is_told_of_even_where_nothing_is_like_it(run: Run, home: Path) -> None:
    benchmark = home / "other.txt"
    benchmark.write_text("Nothing of this has to do with anything there is.", encoding="utf-8")
    done = run("train", "synthesize", "--n", "1", "--against", str(benchmark))
    assert "like other.txt: 0 kept, 0 dropped" in done.err
    assert "like word_problems.jsonl: 0 kept" in done.err


def test_lessons_are_written_of_a_file_of_problems(run: Run, home: Path) -> None:
    problems, lessons = home / "problems.jsonl", home / "lessons.jsonl"
    run("train", "synthesize", "--n", "2", "--family", "diet", "-o", str(problems))
    done = run("train", "instructions", str(problems), "-o", str(lessons), "--task", "elements")
    assert done.code == 0
    assert len(lessons.read_text().splitlines()) == 2
    assert done.err.startswith("lessons: 2")


def test_a_task_that_there_is_not_is_refused_with_those_there_are(run: Run, home: Path) -> None:
    problems = home / "problems.jsonl"
    problems.write_text("", encoding="utf-8")
    done = run("train", "instructions", str(problems), "--task", "poem")
    assert done.code != 0
    assert "there is no task 'poem'; there are: elements" in done.err


def test_a_model_is_sampled_and_the_same_command_asks_nothing_again(run: Run, home: Path) -> None:
    problems, replies = home / "problems.jsonl", home / "replies.json"
    run("train", "synthesize", "--n", "1", "--family", "diet", "--seed", "1", "-o", str(problems))
    (row,) = read_rows(problems)
    replies.write_text(json.dumps([as_json(row.formulation), "I cannot."]), encoding="utf-8")
    call = ("train", "sample", str(problems), "-o", str(home / "s.jsonl"), "--n", "2")
    done = run(*call, "--model", f"scripted:{replies}", "--task", "elements")
    assert done.code == 0
    *_, count, figures = done.err.splitlines()
    assert count == "samples: 2"
    assert figures == "elements: 1 of 2 right, 1 of 2 solved, 1 of 1 of points feasible, 0 cut off"
    again = run(*call, "--model", f"scripted:{replies}", "--task", "elements")
    assert again.err.splitlines()[-2:] == [count, figures]
    assert [each.is_right for each in read_samples(home / "s.jsonl")] == [True, False]
