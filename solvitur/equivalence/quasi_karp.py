"""The method of EquivaMap (arXiv 2502.14760), as published: to be compared with, not to be trusted.

A formulation is quasi-Karp equivalent to another if a mapping takes an optimum of the one to an
optimum of the other. A language model is asked, for each variable of A, for a linear combination of
variables of B; the optimum of B that the solver finds is mapped; A is solved once more with its
variables pinned to that; the two objective values are compared. So it looks at one direction, one
optimum and one instance, and a variable that nobody mapped is left free. See docs/equivalence.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Program, Row, exact, nonzero
from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation, Variable
from solvitur.formulation.instance import Instance
from solvitur.llm import Message, Model, Request, Sampling, Unparsed, Usage, read
from solvitur.prompts.library import render

TOLERANCE = 1e-6
"""By which two objective values may differ, whatever their size."""

_OUT_OF_TIME = "timelimit"
"""What HiGHS says, in small letters."""

Images = Sequence[Image | None]
"""What each column of A is in the columns of B; None where nobody knows."""


@dataclass(frozen=True)
class QuasiKarp:
    """What the method says, and what it saw."""

    is_equivalent: bool | None
    """None where the solver ran out of time."""
    reason: str
    optimum: float | None = None
    """Of A alone."""
    pinned: float | None = None
    """Of A with its variables pinned to the mapped optimum of B."""
    mapping: tuple[Image | None, ...] = ()
    """What each column of A is in the columns of B; the rest was left free."""
    usage: Usage = field(default_factory=Usage)


def quasi_karp(
    a: Program, b: Program, mapping: Mapping | Images, *, seconds: float = math.inf
) -> QuasiKarp:
    """Do what the paper does once there is a mapping.

    Args:
        a: The program whose variables are mapped.
        b: The program whose optimum is mapped.
        mapping: From the columns of B to those of A; a column without an image is left free.
        seconds: How long each of the three runs of the solver may take.

    Example:
        >>> from solvitur.equivalence.program import Column
        >>> def most(side: int) -> Program:
        ...     row = Row("most", {0: Fraction(1)}, None, Fraction(side))
        ...     return Program((Column("x"),), (row,), {0: Fraction(1)}, minimise=False)
        >>> quasi_karp(most(4), most(4), Mapping.identity(1)).is_equivalent
        True
        >>> quasi_karp(most(4), most(3), Mapping.identity(1)).reason
        'the optimum of A is 4, and 3 at the mapped optimum of B'
    """
    images = tuple(mapping.images if isinstance(mapping, Mapping) else mapping)
    point, of_b = _optimum(b, seconds)
    _, optimum = _optimum(a, seconds)
    if point is None or isinstance(optimum, str):
        side, why = ("B", of_b) if point is None else ("A", optimum)
        return QuasiKarp(_undecided(why), f"{side} has no optimum: {why}", mapping=images)
    _, pinned = _optimum(_pinned(a, images, point), seconds)
    if isinstance(pinned, str):
        reason = f"A has no optimum at the mapped optimum of B: {pinned}"
        return QuasiKarp(_undecided(pinned), reason, optimum, mapping=images)
    is_equal = abs(optimum - pinned) <= TOLERANCE
    words = "the optimum of A is {:.10g}, and {:.10g} at the mapped optimum of B"
    return QuasiKarp(is_equal, words.format(optimum, pinned), optimum, pinned, images)


async def ask_quasi_karp(
    a: Instance, b: Instance, model: Model, *, attempts: int = 3, seconds: float = math.inf
) -> QuasiKarp:
    """Do what the paper does, mapping included: one request for each variable of A.

    Any of the attempts that is accepted decides. Variables are mapped as wholes: an index of the
    one is the same index of the other.

    Args:
        a: An instance of a formulation.
        b: Another.
        model: Who is asked for the mapping.
        attempts: How often it is asked for the whole of it.
        seconds: How long each run of the solver may take.

    Raises:
        ModelError: The model cannot be asked.
        Unsupported: A formulation is not linear.
    """
    programs = Program.of(a), Program.of(b)
    found, usage = QuasiKarp(False, "no attempt was made"), Usage()
    for number in range(attempts):
        images: dict[tuple[str, Any], Image] = {}
        for variable in a.formulation.variables:
            request = _request(variable, a, b, number)
            reply = await model.reply(request)
            usage += reply.usage
            parsed = read(reply, dict[str, list[dict[str, Any]]])
            terms = None if isinstance(parsed, Unparsed) else _terms(parsed.value, variable, b)
            images |= _images(variable, terms, a, b) if terms else {}
        keys = [(name, key) for name, bounds in a.bounds.items() for key in bounds]
        spare = [None] * (programs[0].size - len(keys))
        mapped = [*(images.get(key) for key in keys), *spare]
        found = quasi_karp(*programs, mapped, seconds=seconds)
        if found.is_equivalent:
            break
    return replace(found, usage=usage)


def _undecided(why: float | str) -> bool | None:
    return None if why == _OUT_OF_TIME else False


def _optimum(program: Program, seconds: float) -> tuple[Sequence[float] | None, float | str]:
    """Solve; give the point and its value, or no point and why."""
    from solvitur.solvers.highs.run import run

    arrays = program.to_arrays()
    settings = {"threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "time_limit": seconds}
    found = run(arrays, settings)
    if found.status != "kOptimal" or found.point is None:
        return None, found.status.removeprefix("k").lower()
    return found.point.tolist(), arrays.sign * arrays.value(found.point)


def _pinned(a: Program, images: Images, point: Sequence[float]) -> Program:
    """Demand that each mapped column has the value it is mapped to."""
    rows = list(a.rows)
    for column, image in enumerate(images):
        if image is not None:
            terms = (float(factor) * point[other] for other, factor in image.coefficients.items())
            side = exact(float(image.constant) + math.fsum(terms))
            rows.append(Row(f"pin_{a.columns[column].name}", {column: Fraction(1)}, side, side))
    return replace(a, rows=tuple(rows))


def _request(variable: Variable, a: Instance, b: Instance, number: int) -> Request:
    others = [_shown(each, b.formulation) for each in b.formulation.variables]
    wanted = _shown(variable, a.formulation)
    text = render("quasi_karp_variable", label=variable.name, wanted=wanted, others=others)
    return Request(
        messages=(Message.system(render("quasi_karp_system")), Message.user(text)),
        shared=1,
        sampling=Sampling(temperature=0.0 if number == 0 else 0.7, seed=number, max_tokens=500),
    )


def _shown(variable: Variable, formulation: Formulation) -> str:
    """Show a variable with the constraints whose text has its name in it."""
    name = variable.name
    constraints = [
        f"    {each.expression}{f' for {each.forall}' if each.forall else ''}"
        for each in formulation.constraints
        if name in each.expression
    ]
    lines = [
        f"- {name}: {variable.doc or 'no description'}",
        "  Constraints:" if constraints else "  Constraints: none",
        *constraints,
        f"  In the objective: {'yes' if name in formulation.objective.expression else 'no'}",
    ]
    return "\n".join(lines)


def _terms(
    reply: dict[str, list[dict[str, Any]]], variable: Variable, b: Instance
) -> list[tuple[Fraction, str]] | None:
    """Read what a model says of a variable; None where it is no combination of known variables."""
    terms = []
    for term in reply.get(variable.name, ()):
        name, factor = term.get("variable"), term.get("constant")
        is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
        if not is_number or not isinstance(name, str) or name not in b.bounds:
            return None
        try:
            terms.append((exact(factor), name))
        except (FormulationError, OverflowError):
            return None
    return terms or None


def _images(
    variable: Variable, terms: list[tuple[Fraction, str]], a: Instance, b: Instance
) -> dict[tuple[str, Any], Image]:
    """Give each entry of a variable; none where an index of it is no index of the others."""
    places = {
        (name, key): place
        for place, (name, key) in enumerate((n, key) for n in b.bounds for key in b.bounds[n])
    }
    found = {}
    for key in a.bounds[variable.name]:
        coefficients: dict[int, Fraction] = {}
        for factor, name in terms:
            if (name, key) not in places:
                return {}
            place = places[name, key]
            coefficients[place] = coefficients.get(place, Fraction(0)) + factor
        found[variable.name, key] = Image(nonzero(coefficients))
    return found
