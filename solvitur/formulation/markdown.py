"""The five elements as Markdown: LLMOPT's five headings, for a person and for a language model.

`to_markdown` writes one fixed form, with code in backticks, and `from_markdown` reads it back to
the same formulation. Text that was not written here is read leniently, line by line: see
`solvitur.formulation.markdown_reader`.
"""

import json
import re
from typing import Any

from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Parameter,
    Set,
    Source,
    Variable,
)
from solvitur.formulation.literals import quote, read_literal, show_literal, show_set
from solvitur.formulation.printing import show_number

SECTIONS = ("Sets", "Parameters", "Variables", "Objective", "Constraints")
"""The headings, in LLMOPT's order."""

_HEADING = re.compile(
    r"(?P<hash>#{1,6} ?)?(?:\d{1,2}[.)] ?)?(?P<bold>\*\*|__)?(?:decision |the )?"
    r"(?P<name>set|parameter|variable|objective|constraint)s?(?: functions?)?"
    r"(?P<remark> ?\([^()]*\))?(?P<colon> ?:)?(?:\*\*|__)?(?P<late> ?:)?(?P<rest> .*)?",
    re.IGNORECASE,
)


def to_markdown(formulation: Formulation) -> str:
    """Write the five sections; `from_markdown` reads them back to the same formulation.

    Example:
        >>> print(to_markdown(Formulation.model_validate({
        ...     "title": "Chairs",
        ...     "sets": [{"name": "P", "elements": ["chair", "table"], "doc": "products"}],
        ...     "parameters": [{"name": "wood", "value": 40, "unit": "m2"}],
        ...     "variables": [{"name": "x", "index": ["P"], "domain": "integer", "unit": "item"}],
        ...     "objective": {"sense": "maximize", "expression": "sum(x[p] for p in P)"},
        ...     "constraints": [{"name": "stock", "forall": "p in P", "expression": "x[p] <= wood",
        ...                      "doc": "each alone"}]})))
        # Chairs
        <BLANKLINE>
        ## Sets:
        - `P` = {chair, table}: products
        <BLANKLINE>
        ## Parameters:
        - `wood` = 40 [m2]
        <BLANKLINE>
        ## Variables:
        - `x[P]`, integer, >= 0 [item]
        <BLANKLINE>
        ## Objective:
        Maximize `sum(x[p] for p in P)`
        <BLANKLINE>
        ## Constraints:
        - `stock` for `p in P`: `x[p] <= wood`: each alone
        <BLANKLINE>
    """
    title = _text(formulation.title)
    if title:
        title = quote(formulation.title) if heading(f"# {title}") else title
    blocks = [f"# {title}\n"] if title else []
    for section, lines in sections(formulation).items():
        blocks.append("\n".join([f"## {section}:", *lines]) + "\n")
    return "\n".join(blocks)


def sections(formulation: Formulation) -> dict[str, list[str]]:
    """Give the lines of each of the five sections, by its heading.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "variables": [{"name": "x"}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x"}})
        >>> sections(shop)["Variables"], sections(shop)["Constraints"]
        (['- `x`, continuous, >= 0'], ['none'])
    """
    objective = formulation.objective
    bodies = (
        map(_show_set, formulation.sets),
        map(_show_parameter, formulation.parameters),
        map(_show_variable, formulation.variables),
        [f"{objective.sense.title()} {_code(objective.expression)}{_doc(objective.doc)}"],
        map(_show_constraint, formulation.constraints),
    )
    return {
        section: [line if section == "Objective" else f"- {line}" for line in body] or ["none"]
        for section, body in zip(SECTIONS, bodies, strict=True)
    }


def from_markdown(text: str) -> Formulation:
    """Read the five sections, as written by `to_markdown` or by anybody.

    Raises:
        InvalidFormulation: Lines that cannot be read, each with its section, its number and what
            to write instead.
        FormulationError: A section is missing, or together the lines do not say five elements.

    Example:
        >>> farm = from_markdown('''
        ... **Variables**
        ... - x_cow: number of cows, integer
        ... - x_pig: number of pigs
        ... **Objective**
        ... Maximize the net income = 400 x_cow + 120·x_pig
        ... **Constraints**
        ... 1. Total land constraint: 1.5 x_cow + 0.2 x_pig ≤ 1,100 hectares
        ... ''')
        >>> farm.constraints[0].name, farm.constraints[0].expression
        ('Total_land_constraint', '1.5 * x_cow + 0.2 * x_pig <= 1100')
    """
    from solvitur.formulation.markdown_reader import read_markdown

    return read_markdown(text)


def heading(line: str) -> tuple[str, str, str] | None:
    """Give the section a heading opens, what it says in brackets, and what follows it."""
    found = _HEADING.fullmatch(line) if line[:1] in "#*_" or len(line) < 2_000 else None
    if found is None:
        return None
    colon = found["colon"] or found["late"]
    rest = (found["rest"] or "").strip()
    if rest and not colon:
        return None
    if not (found["hash"] or found["bold"] or colon or line == found["name"] + "s"):
        return None
    section = found["name"].capitalize() + ("" if found["name"].lower() == "objective" else "s")
    return section, found["remark"] or "", rest


def _show_set(element: Set) -> str:
    within = f" within `{', '.join(element.within)}`" if element.within else ""
    return f"`{element.name}`{within} = {_set_content(element)}{_doc(element.doc)}"


def _set_content(element: Set) -> str:
    if element.range is not None:
        return f"{element.range[0]}..{element.range[1]}"
    if element.expression is not None:
        return f"{{{_code(element.expression)}}}"
    if element.source is not None:
        return f"{_columns(element.source.keys)} of {_table(element.source)}"
    return show_set(element.elements or ())


def _show_parameter(element: Parameter) -> str:
    text = f"`{_indexed(element)}`"
    if element.over:
        text += f" for {_code(element.over)}"
    if element.value is not None:
        text += f" = {show_number(element.value)}"
    elif element.values is not None:
        text += f" = {show_literal(element.values)}"
    elif element.expression is not None:
        text += f" = {_code(element.expression)}"
    elif element.source is not None:
        by = f" by {_columns(element.source.keys)}" if element.source.keys else ""
        text += f" = {_columns((element.source.column,))} of {_table(element.source)}{by}"
    text += _unit(element.unit)
    if element.default is not None:
        text += f", otherwise {show_number(element.default)}"
    return text + _doc(element.doc)


def _show_variable(element: Variable) -> str:
    text = f"`{_indexed(element)}`, {element.domain.value}"
    if element.lower is None:
        text += ", no lower bound"
    elif element.lower != 0 or element.domain is not Domain.binary:
        text += f", >= {_bound(element.lower)}"
    if element.upper is not None:
        text += f", <= {_bound(element.upper)}"
    if element.over:
        text += f", for {_code(element.over)}"
    return text + _unit(element.unit) + _doc(element.doc)


def _show_constraint(element: Constraint) -> str:
    forall = f" for {_code(element.forall)}" if element.forall else ""
    return f"`{element.name}`{forall}: {_code(element.expression)}{_doc(element.doc)}"


def _columns(names: tuple[str, ...]) -> str:
    return f"column{'s' * (len(names) > 1)} {', '.join(map(_code, names))}"


def _table(source: Source) -> str:
    return _code(source.file) + (f", sheet {_code(source.sheet)}" if source.sheet else "")


def _indexed(element: Parameter | Variable) -> str:
    return f"{element.name}[{', '.join(element.index)}]" if element.index else element.name


def _bound(bound: float | str) -> str:
    return _code(bound) if isinstance(bound, str) else show_number(bound)


def _unit(unit: str) -> str:
    return f" [{_text(unit, _BRACKET)}]" if unit else ""


def _doc(doc: str) -> str:
    return f": {_text(doc)}" if doc else ""


_BRACKET = re.compile(r".*[\[\]].*")
_NOTHING = re.compile(r"(?!)")


def _text(text: str, confusing: re.Pattern[str] = _NOTHING) -> str:
    """Write as it is what reads back as it is, and quote the rest."""
    plain = text.isprintable() and text == text.strip() and not text.startswith('"')
    return text if plain and not confusing.fullmatch(text) else quote(text)


def _code(text: str) -> str:
    return f"`{_text(text, _TICK).replace('`', _ESCAPED_TICK)}`"


_TICK = re.compile(r"|.*`.*")
_ESCAPED_TICK = "\\u0060"

_SPAN = "`[^`]*`"
_TAIL = r"(?: \[(?P<unit>\"(?:[^\"\\]|\\.)*\"|[^\]]*)\])?"
_REST = r"(?:: (?P<doc>.*))?"
_COLUMNS = rf"columns? {_SPAN}(?:, {_SPAN})*"
_TABLE = rf"(?P<file>{_SPAN})(?:, sheet (?P<sheet>{_SPAN}))?"
_SET = re.compile(
    r"- `(?P<name>[^`]*)`(?: within `(?P<within>[^`]*)`)? = (?:(?P<first>-?\d+)\.\.(?P<last>-?\d+)"
    rf"|\{{(?P<expression>{_SPAN})\}}|(?P<keys>{_COLUMNS}) of {_TABLE}|(?=\{{))"
)
_INDEXED = r"- `(?P<name>[^`\[\]]*)(?:\[(?P<index>[^`\[\]]*)\])?`"
_PARAMETER = re.compile(
    rf"{_INDEXED}(?: for (?P<over>{_SPAN}))?(?P<equals> = (?:(?P<expression>{_SPAN})"
    rf"|column (?P<column>{_SPAN}) of {_TABLE}(?: by (?P<keys>{_COLUMNS}))?)?)?"
)
_AFTER_VALUE = re.compile(rf"{_TAIL}(?:, otherwise (?P<default>[-+.\w]+))?{_REST}")
_VARIABLE = re.compile(
    rf"{_INDEXED}, (?P<domain>continuous|integer|binary)(?P<free>, no lower bound)?"
    rf"(?:, >= (?P<lower>{_SPAN}|[-+.\w]+))?(?:, <= (?P<upper>{_SPAN}|[-+.\w]+))?"
    rf"(?:, for (?P<over>{_SPAN}))?{_TAIL}{_REST}"
)
_OBJECTIVE = re.compile(rf"(?P<sense>Minimize|Maximize) (?P<expression>{_SPAN}){_REST}")
_CONSTRAINT = re.compile(
    rf"- `(?P<name>[^`]*)`(?: for (?P<forall>{_SPAN}))?: (?P<expression>{_SPAN}){_REST}"
)


def read_exactly(section: str, line: str) -> dict[str, Any] | None:
    """Read a line as `to_markdown` writes it; ``None`` when it is not of that form."""
    try:
        return _READERS[section](line)
    except (ValueError, IndexError):  # FormulationError is one too
        return None


def _read_set(line: str) -> dict[str, Any] | None:
    found = _SET.match(line)
    if found is None:
        return None
    content, end = _given(found), found.end()
    if found["first"]:
        content = {"range": (int(found["first"]), int(found["last"]))}
    elif not content:
        elements, end = read_literal(line, end)
        if isinstance(elements, dict) and elements:
            return None
        content = {"elements": tuple(elements)}
    rest = re.compile(_REST).fullmatch(line, end)
    return rest and _fields(found, "name", "within") | content | _fields(rest, "doc")


def _read_parameter(line: str) -> dict[str, Any] | None:
    found = _PARAMETER.match(line)
    if found is None:
        return None
    fields, end = _fields(found, "name", "index", "over"), found.end()
    content = _given(found)
    if found["equals"] and not content:
        literal, end = read_literal(line, end)
        content = {"values" if "index" in fields else "value": literal}
    rest = _AFTER_VALUE.fullmatch(line, end)
    if rest is None or not (found["equals"] or rest["default"]):
        return None
    return fields | content | _fields(rest, "unit", "default", "doc")


def _given(found: re.Match[str]) -> dict[str, Any]:
    """Give what a set or a parameter is derived from, or the table it is in."""
    if found["file"] is None:
        return _fields(found, "expression")
    columns = (name for name in ("file", "keys", "column", "sheet") if name in found.groupdict())
    return {"source": _fields(found, *columns)}


def _read_variable(line: str) -> dict[str, Any] | None:
    found = _VARIABLE.fullmatch(line)
    if found is None:
        return None
    fields = _fields(found, "name", "index", "domain", "lower", "upper", "over", "unit", "doc")
    return fields | ({"lower": None} if found["free"] else {})


def _read_objective(line: str) -> dict[str, Any] | None:
    found = _OBJECTIVE.fullmatch(line)
    return found and _fields(found, "sense", "expression", "doc")


def _read_constraint(line: str) -> dict[str, Any] | None:
    found = _CONSTRAINT.fullmatch(line)
    return found and _fields(found, "name", "forall", "expression", "doc")


_READERS = dict(
    zip(
        SECTIONS,
        (_read_set, _read_parameter, _read_variable, _read_objective, _read_constraint),
        strict=True,
    )
)


def _fields(found: re.Match[str], *names: str) -> dict[str, Any]:
    return {name: _field(name, found[name]) for name in names if found[name] is not None}


def _field(name: str, text: str) -> Any:
    """Undo `_code`, `_bound` and `_text`."""
    if name == "keys":
        return [_field("column", span) for span in re.findall(_SPAN, text)]
    if name in ("index", "within"):
        return [part.strip() for part in text.split(",")]
    if name == "default" or (name in ("lower", "upper") and not text.startswith("`")):
        return float(text)
    if name == "sense":
        return text.lower()
    text = text.removeprefix("`").removesuffix("`") if name in _CODE_FIELDS else text
    return unquoted(text)


_CODE_FIELDS = ("expression", "forall", "over", "lower", "upper", "file", "column", "sheet")


def unquoted(text: str) -> str:
    """Give the text that `quote` quoted; any other text as it is."""
    if not text.startswith('"'):
        return text
    try:
        loaded = json.loads(text)
    except ValueError:
        return text
    return loaded if isinstance(loaded, str) else text
