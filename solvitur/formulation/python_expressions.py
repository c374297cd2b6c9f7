"""Expressions of a formulation as expressions of Python, for the script that `to_python` writes."""

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import replace

from solvitur.errors import FormulationError
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
    Piecewise,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show

_OWN = """
pyo model objective relation largest smallest never key results status entry after before piecewise
"""
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

_FUNCTIONS = {name: f"pyo.{name}" for name in ("exp", "log", "log10", "sqrt", "sin", "cos", "tan")}
_AGGREGATES = {"sum": "sum", "prod": "pyo.prod", "min": "min", "max": "max"}
_OVER_VARIABLES = {**_AGGREGATES, "min": "smallest", "max": "largest"}

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
_AFTER = """\
def after(elements, element):
    \"\"\"Give the element of a list that follows another.\"\"\"
    return elements[elements.index(element) + 1]
"""
_BEFORE = """\
def before(elements, element):
    \"\"\"Give the element of a list that another follows.\"\"\"
    return dict(zip(elements[1:], elements))[element]
"""
_NEIGHBOURS = {"next": ("after", _AFTER), "prev": ("before", _BEFORE)}
_PIECEWISE = """\
def piecewise(at, points):
    \"\"\"Give the height of the straight lines through points, which go from left to right.\"\"\"
    points = list(points)
    for (left, low), (right, high) in zip(points, points[1:]):
        if at <= right:
            break
    return low + (high - low) * (at - left) / (right - left)
"""


def safe(name: str) -> str:
    """Give a name that is free to use in the script; no two names get the same.

    Example:
        >>> safe("list"), safe("list_"), safe("_x"), safe("n_x"), safe("x")
        ('list_', 'list__', 'n_x', 'nn_x', 'x')
    """
    if name.lstrip("n").startswith("_"):
        return f"n{name}"
    return f"{name}_" if name.rstrip("_") in RESERVED else name


class Translator:
    """Puts expressions into Python's own terms.

    Attributes:
        helpers: Functions of variables that what was translated calls, as text.
        tools: Functions of data that it calls.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.variables = frozenset(instance.bounds)
        self.helpers: dict[str, None] = {}
        self.tools: dict[str, None] = {}

    def code(self, node: Node, wide: frozenset[str] = frozenset()) -> str:
        """Write an expression; `wide` loop names stand for whole tuples."""
        return show(self.node(node, wide))

    def node(self, node: Node, wide: frozenset[str]) -> Node:
        """Put a node into Python's own terms; `wide` loop names stand for whole tuples."""
        match node:
            case Name(name):
                return Name(safe(name))
            case Item(name, keys):
                flat = self._flat(keys, wide)
                starred = any(isinstance(key, Name) and key.name[0] == "*" for key in flat)
                return Item(safe(name), (Pair(flat),) if starred else flat)
            case Pair(items):
                flat = self._flat(items, wide)
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
                return self._comparison(node, wide)
            case Call():
                return self._call(node, wide)
            case Piecewise():
                return self._piecewise(node, wide)
            case Aggregate(function, body, loops):
                inner = self.enter(loops, wide)
                return Aggregate(
                    self._aggregate(function, node),
                    self.node(body, inner),
                    tuple(self.loop(loop, inner) for loop in loops),
                )
        return node

    def _flat(self, keys: Iterable[Node], wide: frozenset[str]) -> tuple[Node, ...]:
        """Take tuples apart, as an index does."""
        flat: list[Node] = []
        for key in keys:
            if isinstance(key, Pair):
                flat += self._flat(key.items, wide)
            else:
                flat.append(self.node(key, wide))
        if len(flat) == 1:
            return tuple(flat)
        stars = {safe(name) for name in wide}
        return tuple(
            Name(f"*{key.name}") if isinstance(key, Name) and key.name in stars else key
            for key in flat
        )

    def _comparison(self, node: Comparison, wide: frozenset[str]) -> Node:
        operands = [self.node(node.operands[0], wide)]
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            if operator in ("in", "not in") and isinstance(operand, Pair):
                operands.append(Pair(tuple(self.node(item, wide) for item in operand.items)))
            else:
                operands.append(self.node(operand, wide))
        return Comparison(node.operators, tuple(operands))

    def _call(self, node: Call, wide: frozenset[str]) -> Node:
        arguments = tuple(self.node(argument, wide) for argument in node.arguments)
        if node.function in ("first", "last") and isinstance(arguments[0], Name):
            place = Number(0) if node.function == "first" else Negative(Number(1))
            return Item(arguments[0].name, (place,))
        if node.function in _NEIGHBOURS:
            function, tool = _NEIGHBOURS[node.function]
            self.tools.setdefault(tool)
            return Call(function, arguments)
        if node.function in _AGGREGATES:
            function = self._aggregate(node.function, node)
            return Call(function, arguments if function == node.function else (Pair(arguments),))
        return Call(_FUNCTIONS.get(node.function, node.function), arguments)

    def _piecewise(self, node: Piecewise, wide: frozenset[str]) -> Node:
        if not node.names.isdisjoint(self.variables):
            raise FormulationError(
                "piecewise(...) has no form in Pyomo where its argument has no bounds; give its "
                "variables bounds",
                column=node.column,
            )
        self.tools.setdefault(_PIECEWISE)
        inner = self.enter(node.loops, wide)
        points = (Pair(tuple(self.node(item, inner) for item in p.items)) for p in node.points)
        loops = tuple(self.loop(loop, inner) for loop in node.loops)
        return Piecewise(self.node(node.argument, wide), tuple(points), loops)

    def _aggregate(self, function: str, node: Node) -> str:
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
        """Put a loop into Python's own terms."""
        return replace(
            loop,
            targets=tuple(map(safe, loop.targets)),
            domain=Name(safe(loop.domain.name)),
            conditions=tuple(self.node(condition, wide) for condition in loop.conditions),
        )
