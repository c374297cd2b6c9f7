"""What a person reads of a verdict, and what a program does."""

import json
from dataclasses import replace
from fractions import Fraction

from solvitur.equivalence import Column, Program, Row, check
from solvitur.equivalence.report import described, refutation, report

ONE = Fraction(1)
COLUMNS = tuple(Column(name, Fraction(0), Fraction(9), True) for name in "xyz")
ALL = dict.fromkeys(range(3), ONE)
TEN = Row("ten", ALL, None, Fraction(10))


def program(*rows: Row, columns: tuple[Column, ...] = COLUMNS) -> Program:
    return Program(columns, rows, {n: Fraction(n + 1, 2) for n in range(3)}, minimise=False)


WHOLE = program(TEN)
CUT = program(TEN, Row("cut", ALL, None, Fraction(8)))


def parts(text: str) -> dict[str, list[str]]:
    found = {}
    for part in text.split("\n\n"):
        title, *lines = part.splitlines()
        found[title.rstrip(":")] = [line.strip() for line in lines]
    return found


def test_a_mapping_is_told_in_equations() -> None:
    columns = tuple(Column(name, Fraction(0), Fraction(9), True) for name in "abz")
    told = parts(report(check(program(TEN), program(TEN, columns=columns))))

    assert told["Mapping"] == ["a = x", "b = y", "1 more are those of the same name"]
    assert told["And back"] == ["x = a", "y = b", "1 more are those of the same name"]


def test_a_counter_example_is_a_table_and_what_it_violates() -> None:
    verdict = check(program(TEN), CUT)
    told = parts(report(verdict))

    assert verdict.counter_example is not None
    point = verdict.counter_example.point
    lines = told["Counter-example, a solution of the first"]
    assert lines[0].split()[0] in ("x", "y", "z")
    title, violated = lines[-2:]
    assert title == "What the second has against it:"
    assert violated == f"cut is {sum(point)}, more than 8"
    assert told["Mapping"] == ["each variable is the one of the same name"]


def test_the_profile_says_what_is_known_of_each_relation() -> None:
    (*_, last) = parts(report(check(program(TEN), CUT)))["Profile"][:2]
    assert last.endswith("yes, proved exactly")
    assert parts(report(check(CUT, CUT)))["Profile"][3].endswith("yes")


def test_an_objective_in_other_units_is_told_in_the_first_line() -> None:
    half = replace(WHOLE, objective={n: Fraction(n + 1, 4) for n in range(3)})
    first = report(check(WHOLE, half)).splitlines()[0]
    assert first.endswith("the objective of the second is that of the first times 0.5")


def test_long_parts_are_cut() -> None:
    told = parts(report(check(program(TEN), CUT), most=1))
    assert told["Profile"][1:] == ["and 6 more"]


def test_a_refutation_speaks_of_the_two_by_letter() -> None:
    text = refutation(check(program(TEN), CUT))
    assert "a solution of A" in text
    assert "What B has against it" in text
    assert "first" not in text


def test_the_data_are_json_and_exact() -> None:
    data = json.loads(json.dumps(described(check(program(TEN), CUT))))

    assert data["equivalent"] is False
    example = data["counter_example"]
    point = {name: Fraction(value) for name, value in example["point"].items()}
    assert (example["solution_of"], sorted(point)) == ("a", ["x", "y", "z"])
    assert [each["limit"] for each in example["violated"]] == ["8"]
    assert Fraction(example["violated"][0]["value"]) == sum(point.values()) > 8
    assert data["mapping"]["b_from_a"] == ["x = x", "y = y", "z = z"]
    assert data["profile"]["b_into_a"]["holds"] is True
    assert data["profile"]["objective"] == {"factor": "1", "shift": "0"}


def test_what_was_not_compared_has_a_reason_and_no_more() -> None:
    nothing = Program((), (), {})
    verdict = check(nothing, program(TEN))
    assert report(verdict).startswith(str(verdict))
    json.dumps(described(verdict))
