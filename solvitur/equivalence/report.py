"""A verdict for people, and for programs that read JSON."""

import time
from collections.abc import Container, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from solvitur.equivalence.implication import Carried, Implied, Source, carry
from solvitur.equivalence.program import Program, Violation, show
from solvitur.equivalence.relaxation import Ground
from solvitur.equivalence.verdict import Correspondence, CounterExample, Verdict
from solvitur.formulation.printing import first

_MOST_LINES = 20
"""Lines of one part of a report, before it is cut."""
_SECONDS = 5.0
"""To find out what each row follows from, once that is known to be so."""
_MOST_ROWS = 3
"""Rows that are named as what another follows from."""
_SIDES = ("the first", "the second")
_WITH_THESE_NUMBERS = (
    "It holds with the numbers of this instance. With others it need not: compare some of them "
    "(--instances K)."
)
_WORDS = {True: "yes", False: "no", None: "not known"}


def report(verdict: Verdict, *, most: int = _MOST_LINES) -> str:
    """Write a verdict for people: the mapping, what follows from what, and the counter-example.

    Args:
        verdict: What `check` gave.
        most: Lines of each part; longer ones are cut, and say so.

    Example:
        >>> from solvitur.equivalence.checking import check
        >>> from solvitur.equivalence.program import Column, Row
        >>> def most(side: int) -> Program:
        ...     row = Row("wood", {0: Fraction(1)}, None, Fraction(side))
        ...     return Program((Column("x"),), (row,), {0: Fraction(1)}, minimise=False)
        >>> print(report(check(most(4), most(4))).splitlines()[0].partition(":")[0])
        equivalent (proved exactly)
    """
    parts = [[str(verdict)]]
    if verdict.rests_on_numbers:
        parts[0].append(_WITH_THESE_NUMBERS)
    over = verdict.correspondence
    if over is not None:
        parts.append(["Mapping:", *_indented(_moved(over), most)])
        parts.append(["And back:", *_indented(_moved(over.reversed), most)])
    for side, reasons in enumerate(_reasons(verdict)):
        if reasons:
            title = f"What {_SIDES[side]} asks follows from {_SIDES[1 - side]}:"
            parts.append([title, *_indented(reasons, most)])
    if over is not None:
        parts.append(["Profile:", *_indented(_profile(verdict), most)])
    if verdict.counter_example is not None:
        parts.append(list(_counter_example(verdict, verdict.counter_example, most)))
    if verdict.instances:
        told = _aligned([(name, str(each.conclusion)) for name, each in verdict.instances])
        parts.append(["Other instances:", *_indented(told, most)])
    return "\n\n".join("\n".join(lines) for lines in parts)


def refutation(verdict: Verdict, *, most: int = _MOST_LINES) -> str:
    """Say why the mapping of a verdict is refuted, to whoever is to mend it: A and B by letter."""
    example = verdict.counter_example
    if example is None:
        return verdict.reason
    lines = _counter_example(verdict, example, most)
    return "\n".join(lines).replace(_SIDES[0], "A").replace(_SIDES[1], "B")


def described(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as JSON data; every number is a fraction written as text, so it is exact."""
    profile, example = verdict.profile, verdict.counter_example
    return {
        "format": 1,
        "equivalent": verdict.is_equivalent,
        "proved": verdict.is_proved,
        "rests_on_numbers": verdict.rests_on_numbers,
        "conclusion": verdict.conclusion,
        "reason": verdict.reason,
        "profile": {
            "a_into_b": _carried(profile.a_into_b),
            "b_into_a": _carried(profile.b_into_a),
            "objective": profile.scale
            and {"factor": str(profile.scale.factor), "shift": str(profile.scale.shift)},
            "same_optimum": profile.same_optimum,
            "same_status": profile.same_status,
            "quasi_karp": list(profile.quasi_karp),
        },
        "mapping": verdict.correspondence and _mapping(verdict.correspondence),
        "counter_example": example and _example(verdict, example),
        "instances": [
            {"instance": name, "conclusion": each.conclusion, "reason": each.reason}
            for name, each in verdict.instances
        ],
        "seconds": round(verdict.seconds, 3),
    }


def _moved(over: Correspondence) -> list[str]:
    """Give the equations of a mapping; those that only name a variable again are counted."""
    lines = over.in_words().splitlines()
    told = [line for line in lines if not _is_same(line)]
    same = len(lines) - len(told)
    if not told:
        return ["each variable is the one of the same name"]
    return [*told, f"{same} more are those of the same name"] if same else told


def _is_same(equation: str) -> bool:
    name, _, value = equation.partition(" = ")
    return name == value


def _reasons(verdict: Verdict) -> tuple[list[str], list[str]]:
    """Say why the rows of each hold in the other: of the programs as they were given, if possible.

    The verdict's own proofs are of smaller ones, from which rows that say nothing are gone.
    """
    over, profile = verdict.correspondence, verdict.profile
    if over is None:
        return [], []
    if verdict.is_equivalent and over.affine and over.reversed.affine:
        return _carried_reasons(over.reversed), _carried_reasons(over)
    return _following(profile.b_into_a), _following(profile.a_into_b)


def _carried_reasons(over: Correspondence) -> list[str]:
    mapping = over.affine
    if mapping is None:
        return []
    target = over.b.original
    deadline = time.perf_counter() + _SECONDS
    carried = carry(Source(over.a.original, deadline), target, mapping)
    by_itself = {row.name for row in target.rows if not mapping.pull(row.coefficients).coefficients}
    return _following(carried, by_itself)


def _following(carried: Carried | None, by_itself: Container[str] = ()) -> list[str]:
    """Say what each row follows from that is not the same in both."""
    if carried is None:
        return []
    lines, same = [], 0
    for implied in carried.implied:
        if implied.certificate.ground is Ground.same:
            same += 1
        elif implied.is_row and implied.name in by_itself:
            lines.append(f"{implied.name}: the mapping itself")
        else:
            lines.append(_why(implied))
    lines += [f"{name}: not decided" for name in carried.open]
    more = [f"and {same} that {_are(same)} the same in both"] if same and lines else []
    return list(dict.fromkeys([*lines, *more]))


def _why(implied: Implied) -> str:
    rows = implied.certificate.rows
    named = ", ".join(first(list(rows), _MOST_ROWS, "{} more"))
    return f"{implied.name}: {implied.certificate.ground}{f' ({named})' if rows else ''}"


def _profile(verdict: Verdict) -> list[str]:
    profile = verdict.profile
    one_way, other_way = profile.quasi_karp
    return _aligned(
        [
            ("solutions of the first are some of the second", _holds(profile.a_into_b)),
            ("solutions of the second are some of the first", _holds(profile.b_into_a)),
            ("objective of the second", _objective(verdict)),
            ("optimal values go together", _WORDS[profile.same_optimum]),
            ("infeasible, unbounded or solved alike", _WORDS[profile.same_status]),
            ("an optimum of the second gives one of the first", _WORDS[one_way]),
            ("an optimum of the first gives one of the second", _WORDS[other_way]),
        ]
    )


def _objective(verdict: Verdict) -> str:
    scale, programs = verdict.profile.scale, (verdict.a, verdict.b)
    if scale is None:
        return "not shown to agree"
    is_least = all(each is None or each.minimise for each in programs)
    return f"that of the first{scale}{'' if is_least else ', both as a minimum'}"


def _holds(carried: Carried | None) -> str:
    if carried is None or not carried.holds:
        return _WORDS[None if carried is None else carried.holds]
    return "yes, proved exactly" if carried.is_exact else "yes, to the solver's tolerance"


def _counter_example(verdict: Verdict, example: CounterExample, most: int) -> Iterator[str]:
    here, there = _sides(verdict, example)
    which = 0 if example.from_a else 1
    yield f"Counter-example, a solution of {_SIDES[which]}:"
    yield from _indented(_values(here, example.point), most)
    if example.image and example.image != example.point:
        yield f"In {_SIDES[1 - which]} that is:"
        yield from _indented(_values(there, example.image), most)
    if example.violations:
        yield f"What {_SIDES[1 - which]} has against it:"
        yield from _indented(map(_violation, example.violations), most)


def _sides(verdict: Verdict, example: CounterExample) -> tuple[Program | None, Program | None]:
    """Give the program that the point is of, and the other."""
    return (verdict.a, verdict.b) if example.from_a else (verdict.b, verdict.a)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _values(program: Program | None, point: Sequence[Fraction]) -> list[str]:
    """Name the values that are not zero."""
    columns = program.columns if program is not None else ()
    named = [(c.name, show(v)) for c, v in zip(columns, point, strict=False) if v]
    zeros = len(point) - len(named)
    lines = _aligned(named)
    return (
        [*lines, f"and {zeros} that {_are(zeros)} 0"] if zeros and named else lines or ["all are 0"]
    )


def _violation(violation: Violation) -> str:
    value = show(violation.value)
    if violation.limit is None:
        return f"{violation.name} is {value}, which is not whole"
    relation = "less" if violation.value < violation.limit else "more"
    return f"{violation.name} is {value}, {relation} than {show(violation.limit)}"


def _aligned(pairs: Sequence[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _ in pairs), default=0)
    return [f"{name:<{width}}  {value}" for name, value in pairs]


def _indented(lines: Iterable[str], most: int) -> list[str]:
    return [f"  {line}" for line in first(list(lines), most)]


def _carried(carried: Carried | None) -> dict[str, Any] | None:
    if carried is None:
        return None
    return {
        "holds": carried.holds,
        "exact": carried.is_exact,
        "implied": {
            each.name: {
                "ground": each.certificate.ground,
                "rows": each.certificate.rows,
                "cases": each.certificate.cases,
            }
            for each in carried.implied
        },
        "open": carried.open,
    }


def _mapping(over: Correspondence) -> dict[str, Any]:
    return {
        "found_by": over.way,
        "b_from_a": over.in_words().splitlines(),
        "a_from_b": over.reversed.in_words().splitlines(),
    }


def _example(verdict: Verdict, example: CounterExample) -> dict[str, Any]:
    here, there = _sides(verdict, example)

    def named(program: Program | None, point: Sequence[Fraction]) -> dict[str, str]:
        columns = program.columns if program is not None else ()
        return {c.name: str(v) for c, v in zip(columns, point, strict=False)}

    return {
        "solution_of": "a" if example.from_a else "b",
        "point": named(here, example.point),
        "image": named(there, example.image),
        "violated": [
            {
                "name": each.name,
                "value": str(each.value),
                "limit": None if each.limit is None else str(each.limit),
            }
            for each in example.violations
        ],
    }
