"""LP and MPS files are read as five elements, or refused with what is wrong and where."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from solvitur.errors import FormulationError
from solvitur.formulation import Domain, Formulation, Sense
from solvitur.formulation.instance import Instance
from solvitur.solvers import read_program_file, solve
from solvitur.solvers.files.elements import MOST_TERMS
from tests.solvers.program_files import LP, MPS

Read = Callable[..., Formulation]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(text: str | bytes, name: str = "model.lp") -> Formulation:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_program_file(path)

    return write_and_read


def test_an_lp_file_is_read_with_its_names_bounds_and_squares(read: Read) -> None:
    five = read(LP)

    assert five.objective.sense is Sense.maximize
    assert five.objective.expression == ("3 * x_1 + 2 * y - 4 * z + x_1 ** 2 + 2 * x_1 * y + 10")
    x, y, z, on = five.variables
    assert (x.name, x.lower, x.upper, x.doc) == ("x_1", -3, 4, "x(1)")
    assert (y.lower, y.upper, y.doc) == (None, None, "")
    assert (z.domain, z.lower, z.upper) == (Domain.integer, 0, None)
    assert on.domain is Domain.binary
    assert [c.expression for c in five.constraints] == [
        "x_1 + y <= 10",
        "-x_1 + z >= -2",
        "y - z == 1",
    ]
    assert five.constraints[0].name == "c1"


def test_an_mps_file_is_read_with_its_ranges(read: Read) -> None:
    five = read(MPS, "model.mps")

    assert five.objective.expression == "X1 + 2 * Y + 5"
    assert five.objective.sense is Sense.maximize
    assert [c.expression for c in five.constraints] == ["1.5 <= X1 <= 4", "Y >= 1", "0 <= X1 <= 3"]
    assert [v.domain for v in five.variables] == [Domain.continuous, Domain.integer]
    assert solve(five).objective == 3 + 16 + 5


def test_a_bound_that_stands_for_none_is_none(read: Read) -> None:
    endless = MPS.replace(" UP BND       Y                 8.0", " LI BND Y -1e21\n UI BND Y 1E+30")
    y = read(endless, "model.mps").variables[1]
    assert (y.lower, y.upper, y.domain) == (None, None, Domain.integer)


@pytest.mark.parametrize("name", ["model.lp.gz", "MODEL.LP.GZ"])
def test_a_packed_file_is_the_same(read: Read, name: str) -> None:
    assert read(gzip.compress(LP.encode()), name) == read(LP)


@pytest.mark.parametrize(
    ("text", "name"), [(LP, "plan.mps-old.lp"), (LP, "plan.mps.lp.gz"), (MPS, "plan.lp.MPS")]
)
def test_only_how_the_name_ends_says_what_a_file_is(read: Read, text: str, name: str) -> None:
    packed = gzip.compress(text.encode()) if name.endswith(".gz") else text
    assert read(packed, name) == read(text, "model.lp" if text is LP else "model.mps")


def test_names_that_are_none_are_changed_and_kept_apart(read: Read) -> None:
    five = read("min\n obj: x(1) + x#1 + x_1 + lambda + 3 a.b\nst\n x.1: x(1) + a.b >= 1\nend\n")
    assert [(v.name, v.doc) for v in five.variables] == [
        ("x_1", "x(1)"),
        ("x_1_2", "x#1"),
        ("x_1_3", "x_1"),
        ("_lambda", "lambda"),
        ("a_b", "a.b"),
    ]


def test_letters_of_any_encoding_are_read(read: Read) -> None:
    text = "min\n obj: größe\nst\n c: größe >= 1\nend\n"
    assert read(text).variables[0].name == "größe"
    assert read(text.encode("latin-1")).variables[0].name == "größe"


MANY = range(MOST_TERMS + 50)
COST = [n % 7 + 1 for n in MANY]
UPPER = [n % 9 + 3 if n % 2 else None for n in MANY]


def long_file(squares: str = "") -> str:
    cost = " + ".join(f"{COST[n]} x{n}" for n in MANY)
    rows = "\n".join(f" c{n}: x{n} + x{n * 3 % len(MANY)} >= {n % 4}" for n in MANY)
    bounds = "\n".join(f" x{n} <= {UPPER[n]}" for n in MANY if UPPER[n])
    return f"min\n obj: {cost} {squares}\nst\n{rows}\nbounds\n{bounds}\nend\n"


def test_long_rows_become_sums_over_sets(read: Read) -> None:
    five = read(long_file())

    assert len(five.variables) == 2
    assert five.objective.expression.startswith("sum(cost_of")
    assert len(five.constraints) == len(MANY)
    matrix = np.zeros((len(MANY), len(MANY)))
    for n in MANY:
        matrix[n, n] -= 1
        matrix[n, n * 3 % len(MANY)] -= 1
    right = [-(n % 4) for n in MANY]
    known = linprog(COST, matrix, right, bounds=[(0, upper) for upper in UPPER])
    assert solve(five).objective == pytest.approx(known.fun)


def test_long_names_make_long_rows(read: Read) -> None:
    names = [f"{'n' * 200}{n}" for n in range(MOST_TERMS)]
    five = read(f"min\n obj: {' + '.join(names)}\nst\n c: {names[0]} >= 2\nend\n")
    assert five.objective.expression == "sum(cost_of[c] * x[c] for c in IN_cost)"
    assert solve(five).objective == 2


def test_many_squares_become_a_sum_over_pairs(read: Read) -> None:
    after = [(n + 1) % len(MANY) for n in MANY]
    squares = " + ".join(f"{2 * COST[n]} x{n} ^2 - x{n} * x{after[n]}" for n in MANY)
    instance = Instance(read(long_file(f"+ [ {squares} ] / 2")))
    point = {f"x{n}": n % 5 + 0.5 for n in MANY}
    values = {
        name: {key: point[str(key[0])] for key in entries}
        for name, entries in instance.bounds.items()
    }

    found = instance.evaluator(values).number(instance.objective, {})

    at = list(point.values())
    known = sum(c * x + c * x**2 - x * at[m] / 2 for c, x, m in zip(COST, at, after, strict=True))
    assert found == pytest.approx(known)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "this LP file has no variable"),
        ("hello", "line 1, column 1: expected a section keyword, found `hello`"),
        ("min\n obj: x\nst\n c: x + y <= nan\nend\n", "line 4, column 14: expected a number"),
        ("min\n obj: x\nst\n c: 2 + x <= 4\nend\n", "a constant on the left-hand side"),
        ("min\n obj: x\nst\n c: [ x^2 ] <= 4\nend\n", "quadratic constraints are not supported"),
        ("min\n obj: x\nst\n c: x >= 1\nsos\n s: S1:: x:1\nend\n", "SOS constraints"),
        (
            "min\n obj: x\nst\n c: x + s >= 1\nbounds\n s <= 5\nsemi-continuous\n s\nend\n",
            "the variable 's' is semi-continuous",
        ),
        ("min\n obj: 1e30 x\nst\n c: 1e30 x >= 1\nend\n", "1e+30"),
        (b"\x00\x01\x02", "line 1, column 1"),
    ],
)
def test_a_bad_lp_file_is_refused_with_its_fault(read: Read, text: str, complaint: str) -> None:
    with pytest.raises(FormulationError) as error:
        read(text)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("X1        EQ   ", "X1        FOO  ", "line 12: there is no row 'FOO'"),
        ("X1        EQ   ", "X 1       EQ   ", "line 12: 4 words, which no line of COLUMNS has"),
        (" UP BND       Y ", " SC BND       Y ", "semi-continuous"),
        ("COLUMNS\n", "COLUMNS\n->\n", "line 11: '->' begins no section that is read"),
        ("ENDATA", "CSECTION k 0 QUAD\nENDATA", "line 25: 'CSECTION' begins no section"),
        ("ENDATA", "", "the file ends without ENDATA"),
        ("4.0   MYEQN", "4.O   MYEQN", "line 17: '4.O' is no number"),
        (" UP BND       X1", " UP BND       X9", "line 23: there is no column 'X9'"),
        (" G  MYEQN", " Q  MYEQN", "line 7: 'Q' is none of N, L, G, E"),
        ("    M2  ", "    M2 x", "line 15: 4 words"),
        ("    MAX", "    MOST", "line 3: 'MOST' is none of MAX, MIN"),
        (
            "    RHS       COST             -5.0",
            "    X1        MYEQN             1.0",
            "duplicate",
        ),
    ],
)
def test_a_bad_mps_file_is_refused_with_its_fault(
    read: Read, old: str, new: str, complaint: str
) -> None:
    assert old in MPS
    with pytest.raises(FormulationError) as error:
        read(MPS.replace(old, new), "model.mps")
    assert complaint in str(error.value)


def test_what_gzip_did_not_pack_is_refused(read: Read) -> None:
    for content in (b"", LP.encode(), gzip.compress(LP.encode())[:-9], b"\x1f\x8b" + b"x" * 50):
        with pytest.raises(FormulationError):
            read(content, "model.lp.gz")


@pytest.mark.parametrize(("name", "text"), [("model.lp", LP), ("model.mps", MPS)])
def test_a_mangled_file_is_read_or_refused(read: Read, name: str, text: str) -> None:
    """HiGHS's own reader goes on without end at some of these MPS files."""
    rng = random.Random(3)
    words = ["\n", " ", "->", "*", "X1", "1e999", "nan", "ROWS\n", "\nCOLUMNS", "\x85", "free", "["]
    refused: list[str] = []
    for _ in range(300):
        mangled = text
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(mangled))
            end = start + rng.choice([0, 0, 1, 3, 20])
            mangled = mangled[:start] + rng.choice(["", *words]) + mangled[end:]
        try:
            read(mangled, name)
        except FormulationError as error:
            refused.append(str(error))
    assert 100 < len(refused) < 300
    assert max(map(len, refused)) < 1_000
