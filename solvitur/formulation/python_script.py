"""A formulation as a Python script that needs nothing but Pyomo and HiGHS.

The script says what the formulation says, under its own names, for a person to read, run and
change. Text of the formulation becomes string literals and comments, never code.
"""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from solvitur.formulation.elements import Domain, Formulation, Sense, Variable
from solvitur.formulation.evaluate import Evaluator, unwrap
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Item,
    Logic,
    Loop,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Pair,
    parse,
    parse_forall,
)
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.printing import show, show_number
from solvitur.formulation.tables import Given

WIDTH = 96
"""Longest line where data can be broken."""

_OWN = "pyo model objective relation largest smallest never key results status entry"
_PYOMO = """
Skip activate active active_blocks active_component_data active_components add_component
all_blocks all_component_data all_components block_data_objects clear clear_suffix_value clone
cname collect_ctypes component component_data_iterindex component_data_objects component_map
component_objects compute_statistics config construct contains_component create_instance ctype
deactivate del_component dim display doc find_component fix_all_vars get_suffix_value getname
id_index_map index index_set is_component_type is_constructed is_expression_type is_indexed
is_logical_type is_named_expression_type is_numeric_type is_parameter_type is_reference
is_variable_type items iteritems iterkeys itervalues keys load local_name model name nconstraints
nobjectives nvariables parent_block parent_component pprint preprocess private_data
reclassify_component_type reconstruct register_private_data_initializer root_block
set_suffix_value set_value solutions statistics to_dense_data transfer_attributes_from type
unfix_all_vars valid_model_component valid_problem_types values write
"""
RESERVED = frozenset((*keyword.kwlist, *dir(builtins), *re.findall(r"\w+", _OWN + _PYOMO)))
"""Names that mean something else in the script, or on a Pyomo model."""

_DOMAINS = {Domain.continuous: "Reals", Domain.integer: "Integers", Domain.binary: "Binary"}
_FUNCTIONS = {name: f"pyo.{name}" for name in ("exp", "log", "log10", "sqrt", "sin", "cos", "tan")}
_AGGREGATES = {"sum": "sum", "prod": "pyo.prod", "min": "min", "max": "max"}
_OVER_VARIABLES = {**_AGGREGATES, "min": "smallest", "max": "largest"}

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
_EXTREMES = """\
def largest(terms):
    \"\"\"Give the largest of expressions: max(a, b) = (a + b + |a - b|) / 2.\"\"\"
    terms = list(terms)
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    a, b = largest(terms[:half]), largest(terms[half:])
    return (a + b + abs(a - b)) / 2


def smallest(terms):
    \"\"\"Give the smallest of expressions.\"\"\"
    return -largest([-term for term in terms])
"""
_SOLVE = """

if __name__ == "__main__":
    results = pyo.SolverFactory("highs").solve(model, load_solutions=False)
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
    one that begins with ``_`` gets ``n`` in front.

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
    return _Script(Instance(formulation, data)).text()


def safe(name: str) -> str:
    """Give a name that is free to use in the script; no two names get the same.

    Example:
        >>> safe("list"), safe("list_"), safe("_x"), safe("n_x"), safe("x")
        ('list_', 'list__', 'n_x', 'nn_x', 'x')
    """
    if name.lstrip("n").startswith("_"):
        return f"n{name}"
    return f"{name}_" if name.rstrip("_") in RESERVED else name


class _Script:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.formulation = instance.formulation
        self.variables = frozenset(instance.bounds)
        self.taken = {safe(name) for name in instance.symbols}
        self.helpers: dict[str, None] = {}

    def text(self) -> str:
        # Python looks for an encoding in the first two lines: no text of the formulation there.
        head = ["# Needs: pip install pyomo highspy", "", "import pyomo.environ as pyo"]
        sets, parameters = list(self.sets()), list(self.parameters())
        variables, objective = list(self.all_variables()), list(self.objective())
        constraints = [line for rule in self.instance.rules for line in self.constraint(rule)]
        parts = [
            head,
            _above(self.formulation.title),
            ["# Sets", *sets] if sets else [],
            ["# Parameters", *parameters] if parameters else [],
            ["model = pyo.ConcreteModel()"],
            *([helper.rstrip("\n")] for helper in self.helpers),
            ["# Variables", *variables],
            ["# Objective", *objective],
            ["# Constraints", *constraints] if constraints else [],
        ]
        return "\n\n".join("\n".join(part).rstrip("\n") for part in parts if part) + _SOLVE

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
                yield f"{name} = list(range({first}, {last + 1})){_comment(declared.doc)}"
            else:
                elements = (repr(unwrap(key)) for key in self.instance.sets[declared.name])
                yield from _data(f"{name} = [", elements, "]", declared.doc)

    def parameters(self) -> Iterator[str]:
        for declared in self.formulation.parameters:
            entries = self.instance.parameters[declared.name]
            name, remark = safe(declared.name), _joined(declared.unit, declared.doc)
            if not declared.index:
                yield f"{name} = {show_number(entries[()])}{_comment(remark)}"
                continue
            cells = (f"{unwrap(key)!r}: {show_number(value)}" for key, value in entries.items())
            yield from _data(f"{name} = {{", cells, "}", remark)

    def all_variables(self) -> Iterator[str]:
        for declared in self.formulation.variables:
            name, remark = safe(declared.name), _joined(declared.unit, declared.doc)
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
        wide = self.enter(rule.loops, frozenset())
        operands, operators = rule.relation.operands, rule.relation.operators
        yield from _above(rule.constraint.doc)
        for place, sign in enumerate(operators):
            sides = [self.code(side, wide) for side in operands[place : place + 2]]
            row = f" {sign} ".join(sides)
            if self.may_be_constant(rule, operands[place : place + 2]):
                self.helpers.setdefault(_RELATION)
                row = f'relation({sides[0]}, "{sign}", {sides[1]})'
            label = f"_{place + 1}" if len(operators) > 1 else ""
            name = self.free_name(f"{safe(rule.constraint.name)}{label}")
            if rule.loops:
                yield from self.indexed_constraint(name, rule.loops, wide, row)
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
            inside = " ".join(f"for {show(self.loop(loop, wide))}" for loop in loops)
            index = f"[{show(self.node(Pair(keys), wide))} {inside}]"
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

    def may_be_constant(self, rule: Rule, sides: tuple[Node, ...]) -> bool:
        """Whether there is a row in which no variable is left."""
        evaluator: Evaluator = self.instance.evaluator()
        return any(
            not any(
                True for side in sides for _ in evaluator.entries(side, row, self.instance.bounds)
            )
            for row in evaluator.bindings(rule.loops, {})
        )

    def code(self, node: Node, wide: frozenset[str] = frozenset()) -> str:
        return show(self.node(node, wide))

    def node(self, node: Node, wide: frozenset[str]) -> Node:
        """Put a node into Python's own terms; `wide` loop names stand for whole tuples."""
        match node:
            case Name(name):
                return Name(safe(name))
            case Item(name, keys):
                flat = self.flat(keys, wide)
                starred = any(isinstance(key, Name) and key.name[0] == "*" for key in flat)
                return Item(safe(name), (Pair(flat),) if starred else flat)
            case Pair(items):
                flat = self.flat(items, wide)
                return flat[0] if len(flat) == 1 else Pair(flat)
            case Negative(operand):
                return Negative(self.node(operand, wide))
            case Not(operand):
                return Not(self.node(operand, wide))
            case Arithmetic(operator, left, right):
                return Arithmetic(operator, self.node(left, wide), self.node(right, wide))
            case Logic(operator, items):
                return Logic(operator, tuple(self.node(item, wide) for item in items))
            case Comparison():
                return self.comparison(node, wide)
            case Call():
                return self.call(node, wide)
            case Aggregate(function, body, loops):
                inner = self.enter(loops, wide)
                return Aggregate(
                    self.aggregate(function, node),
                    self.node(body, inner),
                    tuple(self.loop(loop, inner) for loop in loops),
                )
        return node

    def flat(self, keys: Iterable[Node], wide: frozenset[str]) -> tuple[Node, ...]:
        """Take tuples apart, as an index does."""
        flat: list[Node] = []
        for key in keys:
            if isinstance(key, Pair):
                flat += self.flat(key.items, wide)
            else:
                flat.append(self.node(key, wide))
        if len(flat) == 1:
            return tuple(flat)
        stars = {safe(name) for name in wide}
        return tuple(
            Name(f"*{key.name}") if isinstance(key, Name) and key.name in stars else key
            for key in flat
        )

    def comparison(self, node: Comparison, wide: frozenset[str]) -> Node:
        operands = [self.node(node.operands[0], wide)]
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            if operator in ("in", "not in") and isinstance(operand, Pair):
                operands.append(Pair(tuple(self.node(item, wide) for item in operand.items)))
            else:
                operands.append(self.node(operand, wide))
        return Comparison(node.operators, tuple(operands))

    def call(self, node: Call, wide: frozenset[str]) -> Node:
        arguments = tuple(self.node(argument, wide) for argument in node.arguments)
        if node.function in ("first", "last") and isinstance(arguments[0], Name):
            place = Number(0) if node.function == "first" else Negative(Number(1))
            return Item(arguments[0].name, (place,))
        if node.function in _AGGREGATES:
            function = self.aggregate(node.function, node)
            return Call(function, arguments if function == node.function else (Pair(arguments),))
        return Call(_FUNCTIONS.get(node.function, node.function), arguments)

    def aggregate(self, function: str, node: Node) -> str:
        if node.names.isdisjoint(self.variables):
            return _AGGREGATES[function]
        if function in ("min", "max"):
            self.helpers.setdefault(_EXTREMES)
        return _OVER_VARIABLES[function]

    def enter(self, loops: tuple[Loop, ...], wide: frozenset[str]) -> frozenset[str]:
        """Find which loop names stand for whole tuples inside these loops."""
        for loop in loops:
            whole = self.instance.symbols[loop.domain.name].dimension > len(loop.targets)
            wide = wide | set(loop.targets) if whole else wide - set(loop.targets)
        return wide

    def loop(self, loop: Loop, wide: frozenset[str]) -> Loop:
        return replace(
            loop,
            targets=tuple(map(safe, loop.targets)),
            domain=Name(safe(loop.domain.name)),
            conditions=tuple(self.node(condition, wide) for condition in loop.conditions),
        )


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


def _joined(unit: str, doc: str) -> str:
    return "; ".join(filter(None, (unit, doc)))


def _comment(text: str) -> str:
    """Write a comment after two spaces; nothing in it can end the line it is on."""
    words = "".join(char if char.isprintable() else " " for char in text).split()
    return f"  # {' '.join(words)}" if words else ""
