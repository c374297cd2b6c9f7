"""A formulation as a Python script that needs nothing but Pyomo and HiGHS, or SCIP.

The script says what the formulation says, under its own names, for a person to read, run and
change. Text of the formulation becomes string literals and comments, never code.
"""

from collections.abc import Iterable, Iterator

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.elements import Domain, Formulation, Parameter, Sense, Set, Variable
from solvitur.formulation.evaluate import Evaluator, unwrap
from solvitur.formulation.expression import (
    Arithmetic,
    Call,
    Item,
    Loop,
    Name,
    Negative,
    Node,
    Number,
    Pair,
    Text,
    parse,
    parse_elements,
    parse_forall,
)
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.printing import one_line, show, show_number
from solvitur.formulation.python_expressions import RESERVED, Translator, safe
from solvitur.formulation.tables.data import Given

WIDTH = 96
"""Longest line where data can be broken."""

_DOMAINS = {Domain.continuous: "Reals", Domain.integer: "Integers", Domain.binary: "Binary"}
_RELATION = """\
never = model.never = pyo.Var(bounds=(0, 0))


def relation(left, sign, right):
    \"\"\"Give a row that may hold no variable: left out where it is true, else impossible.\"\"\"
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        over = {"<=": left - right, ">=": right - left, "==": abs(left - right)}[sign]
        holds = over <= 1e-9 * max(1, abs(left), abs(right))
        return pyo.Constraint.Skip if holds else never >= 1
    return left <= right if sign == "<=" else left >= right if sign == ">=" else left == right
"""
_SOLVE = """

if __name__ == "__main__":
    results = pyo.SolverFactory("SOLVER").solve(model, load_solutions=False)
    status = results.solver.termination_condition
    print("status:", status)
    if status == pyo.TerminationCondition.optimal:
        model.solutions.load_from(results)
        print("objective:", pyo.value(model.objective))
        for entry in model.component_data_objects(pyo.Var):
            if entry.value is not None and abs(entry.value) > 1e-9:
                print(entry.name, "=", round(entry.value, 9))
"""


def to_python(formulation: Formulation, data: Given = None) -> str:
    """Write a script that builds the Pyomo model, solves it and prints what is not zero.

    A name that means something else in Python or Pyomo (``list``, ``model``) gets ``_`` appended;
    one that begins with ``_`` gets ``n`` in front. What can be said by linear rows is: ``implies``,
    and ``abs``, ``min``, ``max``, ``piecewise`` and products of binaries.

    Args:
        formulation: The five elements.
        data: The tables that it names; what it takes from them stands in the script as numbers.

    Raises:
        InvalidFormulation: The formulation does not say a model.

    Example:
        >>> script = to_python(Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair", "table"]}],
        ...     "variables": [{"name": "x", "index": ["P"], "unit": "item"}],
        ...     "objective": {"sense": "maximize", "expression": "sum(3 * x[p] for p in P)"},
        ...     "constraints": [{"name": "room", "forall": "p in P", "expression": "x[p] <= 4"}]}))
        >>> print(script[script.index("# Variables"):script.index("if __name__")].rstrip())
        # Variables
        x = model.x = pyo.Var(P, domain=pyo.Reals, bounds=(0, None))  # item
        <BLANKLINE>
        # Objective
        model.objective = pyo.Objective(expr=sum(3 * x[p] for p in P), sense=pyo.maximize)
        <BLANKLINE>
        # Constraints
        def room_rule(model, p):
            return x[p] <= 4
        <BLANKLINE>
        model.room = pyo.Constraint(P, rule=room_rule)
    """
    from solvitur.formulation.linearise import linearise

    found = linearise(Instance(formulation, data))
    if found.obstacles:
        faults = ((each.message, each.element, each.column) for each in found.obstacles)
        raise InvalidFormulation(
            [FormulationError(message, element=e, column=c) for message, e, c in faults]
        )
    return script(found.instance)


def script(instance: Instance) -> str:
    """Write the same without saying anything by linear rows first.

    Raises:
        FormulationError: There is no form for it in Pyomo.
    """
    return _Script(instance).text()


class _Script(Translator):
    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.formulation = instance.formulation
        self.taken = {safe(name) for name in instance.symbols}
        declared: tuple[Set | Parameter, ...] = (
            *self.formulation.sets,
            *self.formulation.parameters,
        )
        self.formulas = {each.name: each for each in declared if _is_formula(each)}

    def text(self) -> str:
        # Python looks for an encoding in the first two lines: no text of the formulation there.
        solver, package = _solver(classify(self.instance))
        head = [f"# Needs: pip install pyomo {package}", "", "import pyomo.environ as pyo"]
        sets, parameters = list(self.sets()), list(self.parameters())
        derived = list(self.derived())
        variables, objective = list(self.all_variables()), list(self.objective())
        constraints = [line for rule in self.instance.rules for line in self.constraint(rule)]
        parts = [
            head,
            _above(self.formulation.title),
            *([tool.rstrip("\n")] for tool in self.tools),
            ["# Sets", *sets] if sets else [],
            ["# Parameters", *parameters] if parameters else [],
            ["# Derived from them", *derived] if derived else [],
            ["model = pyo.ConcreteModel()"],
            *([helper.rstrip("\n")] for helper in self.helpers),
            ["# Variables", *variables],
            ["# Objective", *objective],
            ["# Constraints", *constraints] if constraints else [],
        ]
        return "\n\n".join("\n".join(part).rstrip("\n") for part in parts if part) + _SOLVE.replace(
            "SOLVER", solver
        )

    def objective(self) -> Iterator[str]:
        stated = self.formulation.objective
        sense = "maximize" if stated.sense is Sense.maximize else "minimize"
        yield from _above(stated.doc)
        goal = self.code(self.instance.objective)
        yield f"model.objective = pyo.Objective(expr={goal}, sense=pyo.{sense})"

    def sets(self) -> Iterator[str]:
        for declared in self.formulation.sets:
            name = safe(declared.name)
            if declared.range is not None:
                first, last = declared.range
                yield f"{name} = list(range({first}, {last + 1})){_comment(_remark(declared))}"
            elif declared.name not in self.formulas:
                elements = (repr(unwrap(key)) for key in self.instance.sets[declared.name])
                yield from _data(f"{name} = [", elements, "]", _remark(declared))

    def parameters(self) -> Iterator[str]:
        for declared in self.formulation.parameters:
            if declared.name in self.formulas:
                continue
            entries = self.instance.parameters[declared.name]
            name, remark = safe(declared.name), _remark(declared)
            if not declared.index:
                yield f"{name} = {show_number(entries[()])}{_comment(remark)}"
                continue
            cells = (f"{unwrap(key)!r}: {show_number(value)}" for key, value in entries.items())
            yield from _data(f"{name} = {{", cells, "}", remark)

    def derived(self) -> Iterator[str]:
        """Write what is computed from data, each after what it is computed from."""
        written: set[str] = set()

        def write(name: str) -> Iterator[str]:
            if name in written or name not in self.formulas:
                return
            written.add(name)
            formula = self.formulas[name]
            for needed in sorted(_names(formula)):
                yield from write(needed)
            code = self.of_set(formula) if isinstance(formula, Set) else self.of_parameter(formula)
            line = f"{safe(name)} = {code}{_comment(_remark(formula))}"
            if len(line) <= WIDTH:
                yield line
            else:
                yield from (*_above(_remark(formula)), f"{safe(name)} = {code}")

        for name in self.formulas:
            yield from write(name)

    def of_set(self, declared: Set) -> str:
        element, loops = parse_elements(declared.expression or "")
        wide = self.enter(loops, frozenset())
        head, inside = self.code(element, wide), self.inside(loops, wide)
        parts = element.items if isinstance(element, Pair) else (element,)
        targets = {Name(target) for loop in loops for target in loop.targets}
        if targets <= set(parts):
            return f"[{head} {inside}]"
        return f"list(dict.fromkeys({head} {inside}))"

    def of_parameter(self, declared: Parameter) -> str:
        loops = parse_forall(declared.over) if declared.over.strip() else ()
        wide = self.enter(loops, frozenset())
        value = self.code(parse(declared.expression or ""), wide)
        if not loops:
            return value
        keys = Pair(tuple(Name(target) for loop in loops for target in loop.targets))
        return f"{{{self.code(keys, wide)}: {value} {self.inside(loops, wide)}}}"

    def inside(self, loops: tuple[Loop, ...], wide: frozenset[str]) -> str:
        return " ".join(f"for {show(self.loop(loop, wide))}" for loop in loops)

    def all_variables(self) -> Iterator[str]:
        for declared in self.formulation.variables:
            name, remark = safe(declared.name), _remark(declared)
            loops = parse_forall(declared.over) if declared.over.strip() else ()
            arguments = [safe(index) for index in declared.index]
            arguments.append(f"domain=pyo.{_DOMAINS[declared.domain]}")
            if not loops:
                lower, upper = self.bound(declared.lower), self.bound(declared.upper)
                arguments.append(f"bounds=({lower}, {upper})")
            line = f"{name} = model.{name} = pyo.Var({', '.join(arguments)})"
            yield line + _comment(remark)
            if loops:
                yield from self.entry_bounds(declared, loops)

    def entry_bounds(self, declared: Variable, loops: tuple[Loop, ...]) -> Iterator[str]:
        """Set bounds that depend on the index, entry by entry."""
        wide = self.enter(loops, frozenset())
        entry = Item(declared.name, tuple(Name(name) for loop in loops for name in loop.targets))
        for depth, loop in enumerate(loops):
            yield f"{'    ' * depth}for {show(self.loop(loop, wide))}:"
        for bound, method in ((declared.lower, "setlb"), (declared.upper, "setub")):
            if bound is not None:
                place = show(self.node(entry, wide))
                yield f"{'    ' * len(loops)}{place}.{method}({self.bound(bound, wide)})"
        if declared.lower is declared.upper is None:
            yield f"{'    ' * len(loops)}pass"

    def bound(self, bound: float | str | None, wide: frozenset[str] = frozenset()) -> str:
        if isinstance(bound, str):
            return self.code(parse(bound), wide)
        return "None" if bound is None else show_number(bound)

    def constraint(self, rule: Rule) -> Iterator[str]:
        """Write one Pyomo constraint for each link of the chain."""
        loops = self.instance.loops(rule)
        if loops is None:
            return
        wide = self.enter(loops, frozenset())
        operands, operators = rule.relation.operands, rule.relation.operators
        yield from _above(rule.constraint.doc)
        for place, sign in enumerate(operators):
            sides = [self.code(side, wide) for side in operands[place : place + 2]]
            row = f" {sign} ".join(sides)
            if self.may_be_constant(loops, operands[place : place + 2]):
                self.helpers.setdefault(_RELATION)
                row = f'relation({sides[0]}, "{sign}", {sides[1]})'
            label = f"_{place + 1}" if len(operators) > 1 else ""
            name = self.free_name(f"{safe(rule.constraint.name)}{label}")
            if loops:
                yield from self.indexed_constraint(name, loops, wide, row)
            else:
                yield f"model.{name} = pyo.Constraint(expr={row})\n"

    def indexed_constraint(
        self, name: str, loops: tuple[Loop, ...], wide: frozenset[str], row: str
    ) -> Iterator[str]:
        targets = [safe(target) for loop in loops for target in loop.targets]
        function = self.free_name(f"{name}_rule")
        yield f"def {function}(model, {'*key' if wide else ', '.join(targets)}):"
        if wide:
            yield from self.unpacked(loops, wide)
        yield f"    return {row}\n"
        if all(len(loop.targets) == 1 and not loop.conditions for loop in loops):
            index = ", ".join(safe(loop.domain.name) for loop in loops)
        else:
            keys = tuple(Name(target) for loop in loops for target in loop.targets)
            index = f"[{self.code(Pair(keys), wide)} {self.inside(loops, wide)}]"
        yield f"model.{name} = pyo.Constraint({index}, rule={function})\n"

    def unpacked(self, loops: tuple[Loop, ...], wide: frozenset[str]) -> Iterator[str]:
        """Take apart what Pyomo hands a rule: it flattens tuples."""
        place = 0
        for loop in loops:
            for target in loop.targets:
                width = self.instance.symbols[loop.domain.name].dimension if target in wide else 1
                part = f"key[{place}:{place + width}]" if target in wide else f"key[{place}]"
                yield f"    {safe(target)} = {part}"
                place += width

    def free_name(self, name: str) -> str:
        while name in self.taken or name in RESERVED:
            name += "_"
        self.taken.add(name)
        return name

    def may_be_constant(self, loops: tuple[Loop, ...], sides: tuple[Node, ...]) -> bool:
        """Whether there is a row in which no variable is left."""
        evaluator: Evaluator = self.instance.evaluator()
        return any(
            not any(
                True for side in sides for _ in evaluator.entries(side, row, self.instance.bounds)
            )
            for row in evaluator.bindings(loops, {})
        )


def _solver(kind: ProblemClass) -> tuple[str, str]:
    """Name a solver for a class as Pyomo calls it, and the package it is in."""
    if kind in (ProblemClass.MIQP, ProblemClass.NLP, ProblemClass.MINLP):
        return "scip_direct", "pyscipopt"
    return "highs", "highspy"


def _is_formula(declared: Set | Parameter) -> bool:
    """Whether what it is derived from means in Python just what it means here."""
    if declared.expression is None:
        return False
    if isinstance(declared, Parameter):
        return bool(declared.over.strip()) or not declared.index
    element, loops = parse_elements(declared.expression)
    return _is_whole(element, frozenset(target for loop in loops for target in loop.targets))


def _is_whole(node: Node, targets: frozenset[str]) -> bool:
    """Whether the numbers in an element stay whole: 1 and 1.0 are written differently."""
    match node:
        case Name(name):
            return name in targets
        case Number(value):
            return isinstance(value, int)
        case Text():
            return True
        case Call(function):
            return function in ("first", "last", "next", "prev", "len")
        case Pair() | Negative() | Arithmetic("+" | "-" | "*"):
            return all(_is_whole(child, targets) for child in node.children())
    return False


def _names(declared: Set | Parameter) -> frozenset[str]:
    """Give the names that something is derived from."""
    if isinstance(declared, Set):
        element, loops = parse_elements(declared.expression or "")
        return element.names.union(*(loop.names for loop in loops))
    return parse(declared.expression or "").names.union(declared.index)


def _data(opening: str, items: Iterable[str], closing: str, remark: str) -> Iterator[str]:
    """Write data on one line, or on as many as it needs with the remark above."""
    pieces = list(items)
    line = f"{opening}{', '.join(pieces)}{closing}"
    if len(line) <= WIDTH:
        yield line + _comment(remark)
        return
    yield from _above(remark)
    yield opening
    line = "   "
    for piece in pieces:
        if len(line) + len(piece) > WIDTH and line.strip():
            yield line
            line = "   "
        line += f" {piece},"
    yield line
    yield closing


def _above(remark: str) -> list[str]:
    comment = _comment(remark).strip()
    return [comment] if comment else []


def _remark(declared: Set | Parameter | Variable) -> str:
    if isinstance(declared, Set):
        return _joined(f"within {', '.join(declared.within)}" * bool(declared.within), declared.doc)
    return _joined(declared.unit, declared.doc)


def _joined(unit: str, doc: str) -> str:
    return "; ".join(filter(None, (unit, doc)))


def _comment(text: str) -> str:
    """Write a comment after two spaces; nothing in it can end the line it is on."""
    words = one_line(text)
    return f"  # {words}" if words else ""
