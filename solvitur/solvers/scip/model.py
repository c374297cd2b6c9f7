"""A formulation as a SCIP model, straight from its expressions.

What is linear is handed over as such. The rest becomes a tree of SCIP's own expressions, with every
power left whole: pyscipopt's operators and SCIP's presolving multiply ``(y - x**2) ** 2`` out, and
what can then be bounded is little (a least-squares problem of six variables took minutes).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pyscipopt
from pyscipopt import scip

from solvitur.errors import Unsupported
from solvitur.formulation.bounds import Bounds
from solvitur.formulation.elements import Domain, Sense
from solvitur.formulation.evaluate import Binding, Key
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Item,
    Name,
    Negative,
    Node,
    Piecewise,
)
from solvitur.formulation.instance import Instance, Row
from solvitur.solvers.solution import Point

_KINDS = {Domain.continuous: "C", Domain.integer: "I", Domain.binary: "B"}
_FUNCTIONS = {
    "abs": abs,
    "exp": pyscipopt.exp,
    "log": pyscipopt.log,
    "sqrt": pyscipopt.sqrt,
    "sin": pyscipopt.sin,
    "cos": pyscipopt.cos,
}
_ROUNDING = 1e-9
"""Relative size of what rounding may leave between numbers that ought to be equal."""
FEW = 8
"""Terms whose extreme is one expression."""

Expression = Any
"""A node of SCIP's."""


@dataclass
class Form:
    """A sum: a number, variables times numbers by their place, and what is not linear."""

    constant: float = 0.0
    linear: dict[int, float] = field(default_factory=dict)
    rest: list[tuple[float, Expression]] = field(default_factory=list)

    @property
    def is_constant(self) -> bool:
        """Whether it is a number alone."""
        return not self.rest and not any(self.linear.values())

    @property
    def lift(self) -> float:
        """The power of two that lifts the largest coefficient, where it is small, to 1 or above.

        SCIP's tolerances are absolute, and it takes what is below 1e-9 for zero. What is below
        1e-15 is what rounding leaves of numbers that cancel.
        """
        sizes = (*self.linear.values(), *(coefficient for coefficient, _ in self.rest))
        largest = max(map(abs, sizes), default=0.0)
        return float(2.0 ** math.ceil(-math.log2(largest))) if 1e-15 < largest < 1 else 1.0

    def add(self, other: "Form", factor: float = 1.0) -> None:
        """Add a multiple of another one."""
        self.constant += factor * other.constant
        for place, coefficient in other.linear.items():
            self.linear[place] = self.linear.get(place, 0.0) + factor * coefficient
        self.rest += [(factor * coefficient, expression) for coefficient, expression in other.rest]


class ScipModel:
    """A SCIP model of a formulation.

    Args:
        instance: The formulation.
        fixed: Values that variables are fixed at, by variable and key.
        without: Points whose whole numbers, taken together, must not occur again.

    Attributes:
        model: pyscipopt's model.
        is_contradictory: Whether a row without variables does not hold.
        factor: What 1 in the objective turned into.

    Raises:
        Unsupported: A power whose base may be negative is raised to a variable.
    """

    def __init__(
        self, instance: Instance, fixed: Point | None = None, without: Sequence[Point] = ()
    ) -> None:
        self.instance = instance
        self.model = pyscipopt.Model()
        self.model.hideOutput()
        self.is_contradictory = False
        self._evaluator = instance.evaluator()
        self._variables: list[Any] = []
        self._bounds: list[Bounds] = []
        self._places: dict[str, dict[Key, int]] = {}
        self._add_variables(fixed or {})
        for row in instance.rows():
            self._add_row(row)
        self._goal = self._add_objective()
        for point in without:
            self._exclude(point)

    def start_at(self, point: Point) -> None:
        """Hand over a point, whole or in part, for SCIP to begin with."""
        given = {
            place: point[name][key]
            for name, places in self._places.items()
            for key, place in places.items()
            if key in point.get(name, {})
        }
        is_whole = len(given) == len(self._bounds)
        start = self.model.createSol() if is_whole else self.model.createPartialSol()
        for place, value in given.items():
            self.model.setSolVal(start, self._variables[place], value)
        if self._goal is not None and is_whole:
            at = self.instance.evaluator(point)
            objective = at.number(self.instance.objective, {})
            self.model.setSolVal(start, self._goal, objective * self.factor)
        self.model.addSol(start)

    def stay_at(self, cutoff: float) -> None:
        """Leave out what is worse than a value.

        SCIP's own limit of the objective leaves out what is equal, too, where it is whole.
        """
        is_least = self.instance.formulation.objective.sense is Sense.minimize
        if self._goal is not None:
            change = self.model.chgVarUb if is_least else self.model.chgVarLb
            change(self._goal, cutoff * self.factor)
            return
        form = self._lower(self.instance.objective, {})
        form.constant -= cutoff
        self._add_relation(form, "<=" if is_least else ">=")

    def forget_objective(self) -> None:
        """Let every point be as good as any other."""
        self.model.freeTransform()
        self.model.setObjective(0.0)

    def values(self) -> dict[str, dict[Key, float]]:
        """Give the best point found, by variable and key."""
        best = self.model.getBestSol()
        return {
            name: {key: best[self._variables[place]] + 0.0 for key, place in places.items()}
            for name, places in self._places.items()
        }

    # --- variables -------------------------------------------------------------------------------

    def _add_variables(self, fixed: Point) -> None:
        for declared in self.instance.formulation.variables:
            places = self._places[declared.name] = {}
            for key, bounds in self.instance.bounds[declared.name].items():
                value = fixed.get(declared.name, {}).get(key)
                if value is not None:
                    bounds = Bounds(value, value)
                places[key] = len(self._variables)
                self._variables.append(self._variable(declared.domain, bounds))
                self._bounds.append(bounds)

    def _variable(self, domain: Domain, bounds: Bounds) -> Any:
        lower, upper = bounds.lower, bounds.upper
        if lower is not None and upper is not None and lower > upper:
            if lower <= upper + _ROUNDING * max(1.0, abs(upper)):
                upper = lower
            else:
                self.is_contradictory = True
                lower = upper  # SCIP refuses bounds that cross
        return self.model.addVar(vtype=_KINDS[domain], lb=lower, ub=upper)

    # --- rows ------------------------------------------------------------------------------------

    def _add_row(self, row: Row) -> None:
        if not self._is_wanted(row):
            return
        relation = row.rule.relation
        sides = [self._lower(side, row.binding) for side in relation.operands]
        for place, symbol in enumerate(relation.operators):
            form = Form()
            form.add(sides[place])
            form.add(sides[place + 1], -1.0)
            size = max(abs(sides[place].constant), abs(sides[place + 1].constant), 1.0)
            self._add_relation(form, symbol, _ROUNDING * size)

    def _is_wanted(self, row: Row) -> bool:
        """Whether what an implication puts before the row holds; here it is about data alone."""
        condition = row.rule.condition
        if condition is None:
            return True
        if condition.names.isdisjoint(self._places):
            return self._evaluator.holds(condition, row.binding)
        raise Unsupported(f"{row.label}: SCIP takes no implies() whose condition has variables")

    def _add_relation(self, form: Form, symbol: str, slack: float = _ROUNDING) -> None:
        """Add ``form <= 0``, ``form >= 0`` or ``form == 0``."""
        if form.is_constant:
            over = {"<=": form.constant, ">=": -form.constant}.get(symbol, abs(form.constant))
            self.is_contradictory |= over > slack
            return
        lifted = _scaled(form, form.lift)
        side, lifted.constant = -lifted.constant, 0.0
        body = self._row(lifted)
        if symbol == "<=":
            self.model.addCons(body <= side)
        elif symbol == ">=":
            self.model.addCons(body >= side)
        else:
            self.model.addCons(body == side)

    def _add_objective(self) -> Any:
        """Set the objective; give the variable that stands for it where it is not linear."""
        form = self._lower(self.instance.objective, {})
        self.factor = form.lift
        form = _scaled(form, self.factor)
        sense = self.instance.formulation.objective.sense
        goal = None
        if form.rest:
            goal = self.model.addVar(lb=None, ub=None)
            self._variables.append(goal)
            form.linear[len(self._variables) - 1] = -1.0
            self._add_relation(form, "<=" if sense is Sense.minimize else ">=")
            self._variables.pop()
            target: Any = goal + 0.0
        else:
            target = self._row(form)
        self.model.setObjective(target, sense.value)
        return goal

    def _exclude(self, point: Point) -> None:
        """Demand that one whole number at least is another than at a point."""
        others = Form(-1.0)
        for declared in self.instance.formulation.variables:
            if declared.domain is Domain.continuous or declared.name not in point:
                continue
            for key, place in self._places[declared.name].items():
                value = round(point[declared.name][key])
                if declared.domain is Domain.binary:
                    others.add(Form(value, {place: 1.0 - 2.0 * value}))
                else:
                    self._add_sides(place, value, others)
        self._add_relation(others, ">=")

    def _add_sides(self, place: int, value: int, others: Form) -> None:
        """Count it where a whole number is above a value, or below it."""
        variable, bounds = self._variables[place], self._bounds[place]
        if bounds.upper is None or bounds.upper >= value + 1:
            above = self._flag(others)
            self.model.addConsIndicator(-variable <= -(value + 1), above)
        if bounds.lower is None or bounds.lower <= value - 1:
            below = self._flag(others)
            self.model.addConsIndicator(variable <= value - 1, below)

    def _flag(self, total: Form) -> Any:
        flag = self.model.addVar(vtype="B")
        total.linear[len(self._variables)] = 1.0
        self._variables.append(flag)
        self._bounds.append(Bounds(0, 1))
        return flag

    # --- expressions -----------------------------------------------------------------------------

    def _lower(self, node: Node, binding: Binding) -> Form:
        if node.names.isdisjoint(self._places):
            return Form(self._evaluator.number(node, binding))
        match node:
            case Name(name):
                return Form(0.0, {self._places[name][()]: 1.0})
            case Item(name, keys):
                return Form(0.0, {self._places[name][self._evaluator.key(keys, binding)]: 1.0})
            case Negative(operand):
                return _scaled(self._lower(operand, binding), -1.0)
            case Arithmetic():
                return self._arithmetic(node, binding)
            case Aggregate(function, body, loops):
                bindings = self._evaluator.bindings(loops, binding)
                return self._aggregate(function, [self._lower(body, b) for b in bindings])
            case Piecewise():
                return self._piecewise(node, binding)
            case Call(function, arguments):
                values = [self._lower(argument, binding) for argument in arguments]
                return self._call(function, values)
        raise TypeError(f"not an expression: {node!r}")

    def _arithmetic(self, node: Arithmetic, binding: Binding) -> Form:
        left, right = self._lower(node.left, binding), self._lower(node.right, binding)
        match node.operator:
            case "+" | "-":
                left.add(right, 1.0 if node.operator == "+" else -1.0)
                return left
            case "*":
                return self._product([left, right])
            case "/":
                return self._product([left, self._power(right, -1.0)])
        if right.is_constant:
            return self._power(left, right.constant)
        return self._exponential(left, right, node)

    def _aggregate(self, function: str, terms: list[Form]) -> Form:
        if function == "sum":
            total = Form()
            for term in terms:
                total.add(term)
            return total
        if function == "prod":
            return self._product(terms)
        return self._extreme(function, terms)

    def _call(self, function: str, values: list[Form]) -> Form:
        if function in ("min", "max"):
            return self._extreme(function, values)
        body = self._tree(values[0])
        if function == "log10":
            return Form(rest=[(1 / math.log(10), pyscipopt.log(body))])
        if function == "tan":
            return Form(
                rest=[(1.0, _times([pyscipopt.sin(body), _raised(pyscipopt.cos(body), -1)]))]
            )
        return Form(rest=[(1.0, _FUNCTIONS[function](body))])

    def _extreme(self, function: str, terms: list[Form]) -> Form:
        """Lower the extreme of a few terms, a variable in the place of each few if they are many.

        Each term stands in a tree of pairs as often as there are terms.
        """
        while len(terms) > FEW:
            groups = [terms[n : n + FEW] for n in range(0, len(terms), FEW)]
            terms = [self._standing_for(self._in_pairs(function, group)) for group in groups]
        return self._in_pairs(function, terms)

    def _standing_for(self, form: Form) -> Form:
        """Give a variable for what is not linear."""
        if not form.rest:
            return form
        single = Form(0.0, {len(self._variables): 1.0})
        self._variables.append(self.model.addVar(lb=None, ub=None))
        self._bounds.append(Bounds(None, None))
        equal = _scaled(single, -1.0)
        equal.add(form)
        self._add_relation(equal, "==")
        return single

    def _in_pairs(self, function: str, terms: list[Form]) -> Form:
        """Lower max(a, b) as (a + b + |a - b|) / 2, and more of them in a balanced tree."""
        if len(terms) == 1:
            return terms[0]
        middle = len(terms) // 2
        left = self._in_pairs(function, terms[:middle])
        right = self._in_pairs(function, terms[middle:])
        apart, joined = Form(), Form()
        apart.add(left)
        apart.add(right, -1.0)
        joined.add(left, 0.5)
        joined.add(right, 0.5)
        distance = Form(abs(apart.constant)) if apart.is_constant else self._magnitude(apart)
        joined.add(distance, 0.5 if function == "max" else -0.5)
        return joined

    def _magnitude(self, form: Form) -> Form:
        return Form(rest=[(1.0, abs(self._tree(form)))])

    def _piecewise(self, node: Piecewise, binding: Binding) -> Form:
        """Lower the lines as the first of them and what each bend adds to the right of it."""
        argument = self._lower(node.argument, binding)
        points = self._evaluator.points(node, binding)
        (first, height), (last, _) = points[0], points[-1]
        for end, symbol in ((first, ">="), (last, "<=")):
            inside = Form(-end)
            inside.add(argument)
            self._add_relation(inside, symbol)
        total, before = Form(height), 0.0
        for (left, low), (right, high) in pairwise(points):
            beyond = Form(-left)
            beyond.add(argument)
            slope = (high - low) / (right - left)
            if left == first:
                total.add(beyond, slope)
            elif slope != before:
                total.add(beyond, (slope - before) / 2)
                total.add(self._magnitude(beyond), (slope - before) / 2)
            before = slope
        return total

    def _product(self, factors: Iterable[Form]) -> Form:
        number, others = 1.0, []
        for factor in factors:
            if factor.is_constant:
                number *= factor.constant
            else:
                others.append(factor)
        if number == 0 or not others:
            return Form(number)
        if len(others) == 1:
            return _scaled(others[0], number)
        return Form(rest=[(number, _times([self._tree(other) for other in others]))])

    def _power(self, base: Form, power: float) -> Form:
        if base.is_constant:
            return Form(base.constant**power)
        if power == 0:
            return Form(1.0)
        return base if power == 1 else Form(rest=[(1.0, _raised(self._tree(base), power))])

    def _exponential(self, base: Form, power: Form, node: Node) -> Form:
        """Lower a power with a variable in it, which has a value where its base is positive."""
        if not self._is_positive(base):
            raise Unsupported(
                "a number to the power of a variable can be computed where that number is above 0 "
                f"for certain, and at column {node.column} it is not; give it a lower bound above 0"
            )
        logarithm = (
            Form(math.log(base.constant))
            if base.is_constant
            else Form(rest=[(1.0, pyscipopt.log(self._tree(base)))])
        )
        exponent = self._product([logarithm, power])
        if exponent.is_constant:
            return Form(math.exp(exponent.constant))
        return Form(rest=[(1.0, pyscipopt.exp(self._tree(exponent)))])

    def _is_positive(self, form: Form) -> bool:
        least = form.constant
        for place, coefficient in form.linear.items():
            bounds = self._bounds[place]
            end = bounds.lower if coefficient > 0 else bounds.upper
            if end is None:
                return False
            least += coefficient * end
        return not form.rest and least > 0

    def _row(self, form: Form) -> Expression:
        """Give what SCIP takes as a row: a polynomial where it is linear, else a tree."""
        if form.rest:
            return self._tree(form)
        terms = {scip.Term(self._variables[p]): c for p, c in form.linear.items()}
        return scip.Expr({**terms, scip.Term(): form.constant})

    def _tree(self, form: Form) -> Expression:
        total = scip.SumExpr()
        total.constant = form.constant
        variables = ((c, scip.VarExpr(self._variables[p])) for p, c in form.linear.items())
        total.children = [_times([e], c) for c, e in (*variables, *form.rest)]
        alone = len(total.children) == 1 and not form.constant
        return total.children[0] if alone else total


def _scaled(form: Form, factor: float) -> Form:
    scaled = Form()
    scaled.add(form, factor)
    return scaled


def _times(factors: list[Expression], number: float = 1.0) -> Expression:
    if number == 1 and len(factors) == 1:
        return factors[0]
    product = scip.ProdExpr()
    product.constant = number
    product.children = factors
    return product


def _raised(base: Expression, power: float) -> Expression:
    raised = scip.PowExpr()
    raised.children = [base]
    raised.expo = float(power)
    return raised
