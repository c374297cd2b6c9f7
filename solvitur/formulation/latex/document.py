r"""The five elements as LaTeX: a document for paper, and formulas for a notebook.

Any formulation can be written, also one that says no model: what is outside the expression language
is set as it stands. `solvitur.formulation.latex.text` keeps every text from being run.
"""

from collections.abc import Iterable, Iterator

from solvitur.errors import FormulationError
from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Objective,
    Parameter,
    Set,
    Source,
    Variable,
)
from solvitur.formulation.expression import Loop, Node, parse, parse_elements, parse_forall
from solvitur.formulation.latex import text as latex_text
from solvitur.formulation.latex.formulas import WIDTH, formula, is_shallow, lines, quantified, room
from solvitur.formulation.latex.letters import Letters
from solvitur.formulation.latex.text import math_text, text
from solvitur.formulation.literals import show_literal
from solvitur.formulation.printing import first, show_number
from solvitur.formulation.written import flatten

MOST_ENTRIES = 1_000
"""Elements of a set and entries of a parameter that are printed; of more, these come first."""
_FEW = 12
"""Entries that fit beside the name of a parameter."""
_GRID = 70
"""Characters that fit beside each other in a table of numbers."""

_HEAD = r"""
\documentclass[fleqn]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,array,longtable}
\usepackage[a4paper,margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
\allowdisplaybreaks
\newcolumntype{P}[1]{>{\raggedright\arraybackslash}p{#1\textwidth}}
""".lstrip()
_VALUES = {
    Domain.continuous: r"\mathbb{R}",
    Domain.integer: r"\mathbb{Z}",
    Domain.binary: r"\{0, 1\}",
}


def to_latex(formulation: Formulation) -> str:
    r"""Write a document that pdflatex compiles with what every TeX distribution brings.

    Example:
        >>> chairs = Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair", "high_table"], "doc": "products"}],
        ...     "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "sum(30 * x[p] for p in P)"},
        ...     "constraints": [{"name": "room", "forall": "p in P", "expression": "x[p] <= 4"}]})
        >>> document = to_latex(chairs)
        >>> print(document[document.index(r"\subsection*{Constraints}"):])
        \subsection*{Constraints}
        \textbf{room}
        \begin{align*}
        & x_{p} \leq 4 && \forall \, p \in P
        \end{align*}
        \end{document}
        <BLANKLINE>
    """
    body = "\n".join(_Document(formulation).parts()) + "\n\\end{document}\n"
    signs = "".join(f"  {line}\n" for line in latex_text.declarations(body))
    # Only pdflatex has to be told; other engines know every character.
    told = f"\\ifdefined\\DeclareUnicodeCharacter\n{signs}\\fi\n" if signs else ""
    return f"{_HEAD}{told}\\begin{{document}}\n{body}"


def to_formulas(formulation: Formulation) -> str:
    r"""Write the model in one ``align*``, as LaTeX and MathJax read it.

    Example:
        >>> print(to_formulas(Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "binary"}, {"name": "y", "upper": 4}],
        ...     "objective": {"sense": "minimize", "expression": "2 * x - y"},
        ...     "constraints": [{"name": "room", "expression": "x + y <= 4"}]})))
        \begin{align*}
        \text{minimize} \quad & 2 \, x - y \\
        \text{subject to} \quad & x + y \leq 4 \\
        & x \in \{0, 1\} \\
        & 0 \leq y \leq 4
        \end{align*}
    """
    letters = Letters(formulation)
    objective = formulation.objective
    goal = rf"\text{{{objective.sense.value}}} \quad & {math_text(objective.expression)}"
    limits: list[str] = []
    for constraint in formulation.constraints:
        limits += _relation(constraint) or [f"& {math_text(_as_it_stands(constraint))}"]
    for variable in formulation.variables:
        symbol, holds = letters.entry(variable)
        where = rf" && \forall \, {holds}" if holds else ""
        limits.append(f"& {_domain(variable, symbol)}{where}")
    if limits:
        limits[0] = rf"\text{{subject to}} \quad {limits[0]}"
    return _aligned([*(_goal(objective) or [goal]), *limits])


class _Document:
    """The sections, one after the other."""

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.letters = Letters(formulation)

    def parts(self) -> Iterator[str]:
        five = self.formulation
        if five.title:
            yield rf"\section*{{{text(five.title)}}}"
        if five.sets:
            yield from _table("Sets", ("Set", "Elements", "", "Meaning"), map(_set, five.sets))
        if five.parameters:
            rows = map(self.parameter, five.parameters)
            yield from _table("Parameters", ("Symbol", "Value", "Unit", "Meaning"), rows)
        rows = map(self.variable, five.variables)
        yield from _table("Variables", ("Symbol", "Domain", "Unit", "Meaning"), rows)
        yield from self.objective()
        yield from self.constraints()
        yield from self.data()

    def objective(self) -> Iterator[str]:
        stated = self.formulation.objective
        yield r"\subsection*{Objective}"
        if stated.doc:
            yield text(stated.doc)
        goal = _goal(stated)
        bare = rf"{stated.sense.value} {_code(stated.expression)}\par\medskip"
        yield bare if goal is None else _aligned(goal)

    def constraints(self) -> Iterator[str]:
        if self.formulation.constraints:
            yield r"\subsection*{Constraints}"
        for stated in self.formulation.constraints:
            doc = f": {text(stated.doc)}" if stated.doc else ""
            yield rf"\textbf{{{text(stated.name)}}}{doc}"
            rows = _relation(stated)
            bare = rf"\par {_code(_as_it_stands(stated))}\par\medskip"
            yield bare if rows is None else _aligned(rows)

    def parameter(self, parameter: Parameter) -> tuple[str, ...]:
        symbol, holds = self.letters.entry(parameter)
        where = f", ${holds}$" if holds else ""
        return f"${symbol}${where}", self.value(parameter), parameter.unit, parameter.doc

    def value(self, parameter: Parameter) -> str:
        """Write what a parameter is, or where it stands."""
        parts = []
        if parameter.value is not None:
            parts.append(_figure(parameter.value))
        if parameter.expression is not None:
            parts.append(_in_line(parameter.expression))
        if parameter.source is not None:
            parts.append(_source(parameter.source))
        if parameter.values is not None:
            few = _few(parameter)
            parts.append("see below" if few is None else few)
        if parameter.default is not None:
            other = "otherwise " if parts else "always "
            parts.append(other + _figure(parameter.default))
        return "; ".join(part for part in parts if part)

    def variable(self, variable: Variable) -> tuple[str, ...]:
        symbol, holds = self.letters.entry(variable)
        where = f", ${holds}$" if holds else ""
        return f"${symbol}${where}", f"${_domain(variable, symbol)}$", variable.unit, variable.doc

    def data(self) -> Iterator[str]:
        """Write the numbers that are too many to stand beside their names."""
        large = [p for p in self.formulation.parameters if p.values and _few(p) is None]
        if large:
            yield r"\subsection*{Data}"
        for parameter in large:
            yield rf"\textbf{{${self.letters.entry(parameter)[0]}$}}"
            yield from _numbers(parameter)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    r"""Write a table; the first two cells of a row are LaTeX, the others words."""
    yield rf"\subsection*{{{title}}}"
    yield r"\begin{longtable}{@{}P{0.25}P{0.35}P{0.11}P{0.2}@{}}"
    yield " & ".join(heads) + r" \\ \hline \endhead"
    for symbol, content, *words in rows:
        yield f"{' & '.join([symbol, content, *map(text, words)])} \\\\"
    yield r"\end{longtable}"


def _set(declared: Set) -> tuple[str, ...]:
    symbol = latex_text.name(declared.name)
    within = r" \times ".join(map(latex_text.name, declared.within))
    head = rf"${symbol} \subseteq {within}$" if within else f"${symbol}$"
    if declared.range is not None:
        first, last = declared.range
        content = rf"$\{{{first}, \ldots, {last}\}}$"
    elif declared.expression is not None:
        content = _derived(declared.expression)
    elif declared.source is not None:
        content = _source(declared.source)
    else:
        content = _some([_element(element) for element in declared.elements or ()])
    return head, content, "", declared.doc


def _derived(expression: str) -> str:
    try:
        element, loops = parse_elements(expression)
    except FormulationError:
        return _code(expression)
    if not is_shallow(element):
        return _code(expression)
    return rf"$\{{{formula(element)} \mid {quantified(loops)}\}}$"


def _source(source: Source) -> str:
    sheet = f", sheet {source.sheet}" if source.sheet else ""
    columns = ", ".join([*source.keys, *([source.column] if source.column else [])])
    return text(f"from {source.file}{sheet} ({columns})")


def _element(element: object) -> str:
    if isinstance(element, tuple):
        return f"({', '.join(map(_element, element))})"
    return text(str(element))


def _some(parts: list[str]) -> str:
    """Write a list; of one too long, its beginning and its length."""
    return ", ".join(first(parts, MOST_ENTRIES, r"\ldots{{}} ({:,} more)")) or "none"


# --- numbers -------------------------------------------------------------------------------------


def _figure(value: float) -> str:
    return f"${_bound(value)}$"


def _entries(parameter: Parameter) -> list[tuple[tuple[str, ...], float]] | None:
    try:
        return list(flatten(parameter.values or {}))
    except FormulationError:
        return None


def _few(parameter: Parameter) -> str | None:
    """Write the values of a parameter that has few of them."""
    entries = _entries(parameter)
    if entries is None:
        return _code(show_literal(parameter.values))
    return None if len(entries) > _FEW else _list(entries) or "none"


def _numbers(parameter: Parameter) -> Iterator[str]:
    """Write the values of a parameter: as a grid where that fits on the page, else as a list."""
    entries = _entries(parameter) or []
    heads = list(dict.fromkeys(key[-1] for key, _ in entries))
    grid: dict[str, dict[str, float]] = {}
    for key, value in entries:
        grid.setdefault(key[0], {})[key[-1]] = value
    room = sum(len(head) + 3 for head in heads) + max(map(len, grid), default=0)
    if room > _GRID or any(len(key) != 2 for key, _ in entries):
        yield rf"\quad {_list(entries)}\par\medskip"
        return
    yield rf"\begin{{longtable}}{{@{{}}l{'r' * len(heads)}@{{}}}}"
    yield rf" & {' & '.join(map(text, heads))} \\ \hline \endhead"
    for row, cells in grid.items():
        figures = (_figure(cells[head]) if head in cells else "" for head in heads)
        yield rf"{{}}{text(row)} & {' & '.join(figures)} \\"
    yield r"\end{longtable}"


def _list(entries: list[tuple[tuple[str, ...], float]]) -> str:
    return _some([f"{_element(_unwrapped(key))}:~{_figure(value)}" for key, value in entries])


def _unwrapped(key: tuple[str, ...]) -> object:
    return key[0] if len(key) == 1 else key


# --- formulas ------------------------------------------------------------------------------------


def _domain(variable: Variable, symbol: str) -> str:
    r"""Write what values a variable may take: ``0 \leq x \leq 4, \, x \in \mathbb{Z}``."""
    is_binary = variable.domain is Domain.binary
    lower = None if is_binary and variable.lower == 0 else variable.lower
    upper = None if is_binary and variable.upper == 1 else variable.upper
    if lower is not None and upper is not None:
        limits = rf"{_bound(lower)} \leq {symbol} \leq {_bound(upper)}"
    elif lower is not None:
        limits = rf"{symbol} \geq {_bound(lower)}"
    else:
        limits = "" if upper is None else rf"{symbol} \leq {_bound(upper)}"
    if variable.domain is Domain.continuous and limits:
        return limits
    values = rf"{symbol} \in {_VALUES[variable.domain]}"
    return rf"{limits}, \, {values}" if limits else values


def _bound(bound: float | str) -> str:
    node = _read(bound if isinstance(bound, str) else show_number(bound))
    return math_text(str(bound)) if node is None else formula(node)


def _goal(objective: Objective) -> list[str] | None:
    """Write the rows of an ``align*``, unless the objective is no formula."""
    node = _read(objective.expression)
    if node is None:
        return None
    first, *rest = lines(node)
    return [rf"\text{{{objective.sense.value}}} \quad & {first}", *map(_continued, rest)]


def _relation(constraint: Constraint) -> list[str] | None:
    """Write the rows of an ``align*``, unless the constraint is no formula."""
    node, loops = _read(constraint.expression), _loops(constraint.forall)
    if node is None or loops is None:
        return None
    first, *rest = lines(node)
    rows = [f"& {first}", *map(_continued, rest)]
    if not loops:
        return rows
    holds = rf"\forall \, {quantified(loops)}"
    if not rest and room(node) + len(constraint.forall) < WIDTH:
        return [f"& {first} && {holds}"]
    return [*rows, _continued(holds)]


def _continued(line: str) -> str:
    return rf"& \quad {line}"


def _as_it_stands(constraint: Constraint) -> str:
    forall = f" for {constraint.forall}" if constraint.forall.strip() else ""
    return f"{constraint.expression}{forall}"


def _read(expression: str) -> Node | None:
    """Read an expression, unless it is outside the language or deeper than TeX can set."""
    try:
        node = parse(expression)
    except FormulationError:
        return None
    return node if is_shallow(node) else None


def _loops(forall: str) -> tuple[Loop, ...] | None:
    try:
        loops = parse_forall(forall) if forall.strip() else ()
    except FormulationError:
        return None
    return loops if all(is_shallow(test) for loop in loops for test in loop.conditions) else None


def _aligned(rows: list[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _in_line(expression: str) -> str:
    node = _read(expression)
    return _code(expression) if node is None else f"${formula(node)}$"


def _code(words: str) -> str:
    return rf"\texttt{{{text(words)}}}"
