from pathlib import Path

import pytest

from solvitur.errors import ConfigError, InvalidSolution
from solvitur.evolution.heuristics import load_problem, problems, read_problem

TOML = """
name = "bottle"
description = "Fill a bottle."
driver = "driver.py"
scoring = "scoring.py"

[function]
name = "amount"
result = "float"
meaning = "how much is poured"

[[function.arguments]]
name = "size"
type = "float"
meaning = "what the bottle holds"

[seeds]
half = "half.py"
"""
DRIVER = "def solve(heuristic, instance):\n    return heuristic(instance)\n"
SCORING = """
from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics import Instance

def instances():
    return [Instance("small", 1.0), Instance("large", 2.0)]

def score(size, poured):
    if poured > size:
        raise InvalidSolution("it spills")
    return size - poured
"""
HELD_OUT = """
def held_out():
    return {"huge": [Instance("huge", 100.0)]}

def aggregate(instances, scores):
    return max(scores)
"""


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    files = {
        "bottle.toml": TOML,
        "driver.py": DRIVER,
        "scoring.py": SCORING,
        "half.py": "def amount(size): return size / 2",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "bottle.toml"


def test_a_problem_of_ones_own_is_read_from_its_files(toml: Path) -> None:
    problem = read_problem(toml)
    assert problem.name == "bottle"
    assert problem.function.header == "def amount(size: float) -> float:"
    assert problem.driver == DRIVER
    assert [each.name for each in problem.instances] == ["small", "large"]
    assert problem.seeds == {"half": "def amount(size): return size / 2"}
    assert problem.held_out == {}
    assert problem.score(2.0, 1.5) == 0.5
    assert problem.aggregate(problem.instances, [1.0, 3.0]) == 2.0
    with pytest.raises(InvalidSolution, match="it spills"):
        problem.score(1.0, 1.5)


def test_it_may_have_sets_held_out_and_a_way_of_its_own_to_sum_up(toml: Path) -> None:
    toml.with_name("scoring.py").write_text(SCORING + HELD_OUT)
    problem = load_problem(str(toml))
    assert [each.data for each in problem.held_out["huge"]] == [100.0]
    assert problem.aggregate(problem.instances, [1.0, 3.0]) == 3.0


@pytest.mark.parametrize("name", problems())
def test_every_problem_that_ships_has_what_a_search_and_its_report_need(name: str) -> None:
    problem = load_problem(name)
    assert problem.name == name
    assert problem.held_out
    assert problem.seeds
    assert problem.measure != "mean score"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "bottle"', "", r"bottle.toml: name: Field required. name: What the problem is"),
        ("driver =", "drivr =", "there is no 'drivr'; did you mean 'driver'?"),
        ('type = "float"\n', "", "function.arguments.0.type: Field required"),
        ('name = "amount"', 'name = "an amount"', "function.name: "),
        ('"half.py"', '"whole.py"', "whole.py cannot be read: No such file"),
        ('"half.py"', '"driver.py"', "seed 'half': the code defines no function 'amount'"),
        ('"scoring.py"', '"half.py"', "half.py defines no function score"),
        ('"scoring.py"', '"gone.py"', "gone.py cannot be read: No such file"),
        ('"scoring.py"', '"bottle.toml"', "bottle.toml is not a Python file"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(
    toml: Path, old: str, new: str, message: str
) -> None:
    toml.write_text(TOML.replace(old, new, 1))
    with pytest.raises(ConfigError, match=message):
        read_problem(toml)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def score(:", "scoring.py, line 1: "),
        ("def score(a, b): pass", "no function instances"),
        ("import nowhere_at_all", "scoring.py: ModuleNotFoundError: No module named 'nowhere_at"),
        (f"{SCORING}instances = lambda: 1 / 0", r"scoring.py, instances\(\): ZeroDivisionError: "),
        (f"{SCORING}instances = lambda: None", r"scoring.py, instances\(\): TypeError: 'NoneType'"),
        (
            f"{SCORING}instances = lambda: [3.0]",
            r"instances\(\): float is no Instance\(name, data\)",
        ),
        (f"{SCORING}held_out = lambda: 1 / 0", r"scoring.py, held_out\(\): ZeroDivisionError: "),
        (f"{SCORING}held_out = lambda: [1]", r"held_out\(\): it gives no dict of sets by name"),
        (f"{SCORING}held_out = lambda: {{'far': [2]}}", r"held_out\(\), 'far': int is no Instance"),
    ],
)
def test_scoring_that_does_not_do_its_part_is_told_as_a_fault_of_that_file(
    toml: Path, text: str, message: str
) -> None:
    toml.with_name("scoring.py").write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_problem(toml)


def test_a_way_to_sum_up_that_raises_is_told_as_a_fault_of_that_file(toml: Path) -> None:
    toml.with_name("scoring.py").write_text(
        SCORING + "\naggregate = lambda instances, scores: 1 / 0"
    )
    problem = read_problem(toml)
    with pytest.raises(ConfigError, match=r"scoring.py, aggregate\(\): ZeroDivisionError: "):
        problem.aggregate(problem.instances, [1.0, 3.0])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("half.py", "def amount(", "problem 'bottle', seed 'half': line 1: "),
        ("half.py", "\0", "problem 'bottle', seed 'half': "),
        ("driver.py", "def solve(", "problem 'bottle', driver: line 1: "),
        ("driver.py", "pass", "problem 'bottle', driver: the code defines no function 'solve'"),
        ("driver.py", "def solve(a): pass", r"called with 2 arguments: \(heuristic, instance\)"),
    ],
)
def test_code_that_could_never_run_is_told_before_a_model_is_asked(
    toml: Path, name: str, text: str, message: str
) -> None:
    toml.with_name(name).write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_problem(toml)


def test_a_name_that_is_nearly_right_is_put_right() -> None:
    with pytest.raises(ConfigError, match="did you mean 'tsp-constructive'"):
        load_problem("tsp-construct")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_problem("gone.toml")
