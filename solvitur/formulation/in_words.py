"""The five elements in plain sentences, for a person who reads no algebra.

Everything is said from the formulation itself: its docs, names, units and numbers, and what its
expressions mean. So a limit the wrong way round, a limit that is missing or a wrong number can be
seen. No model is asked, and the same formulation always gives the same words.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Domain, Formulation, Parameter, Sense, Set, Variable
from solvitur.formulation.evaluate import Binding, Key
from solvitur.formulation.expression import Loop, parse, parse_elements, parse_forall
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.printing import first, one_line, show_number
from solvitur.formulation.tables.data import Given
from solvitur.formulation.twins import twin_name, twin_set, twins
from solvitur.formulation.wording.phrases import Phrases, Scope, figure
from solvitur.formulation.wording.tables import MOST_ELEMENTS, elements, numbers

_MOST_ROWS = 4
"""Most rows of a constraint that are all said with their numbers."""
_MOST_NAMED = 6
"""Most elements of a set that are named with the decision that is made for each."""
_MOST_LINES = 40
"""Most lines of one part."""


def in_words(formulation: Formulation, data: Given = None) -> str:
    """Say a formulation in plain sentences.

    What to decide, what the goal is, every limit, and the numbers that these do not show. A sum of
    few terms is written out with its numbers; of a longer one it is said what is added up, and the
    numbers follow in a table of their own.

    Args:
        formulation: The five elements.
        data: The tables that the formulation names.

    Raises:
        InvalidFormulation: It does not say a model, or a table is not given.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "title": "Chairs and tables",
        ...     "sets": [{"name": "P", "elements": ["chair", "table"], "doc": "products"}],
        ...     "parameters": [
        ...         {"name": "gain", "index": ["P"], "values": {"chair": 30, "table": 50}},
        ...         {"name": "use", "index": ["P"], "values": {"chair": 4, "table": 2}}],
        ...     "variables": [
        ...         {"name": "x", "index": ["P"], "domain": "integer", "doc": "items made"}],
        ...     "objective": {"sense": "maximize", "doc": "profit",
        ...                   "expression": "sum(gain[p] * x[p] for p in P)"},
        ...     "constraints": [
        ...         {"name": "wood", "expression": "sum(use[p] * x[p] for p in P) <= 40"}]})
        >>> print(in_words(shop))
        Chairs and tables
        <BLANKLINE>
        You decide:
        - items made (chair, table): whole numbers, 0 or more
        <BLANKLINE>
        The goal is to make this as large as possible (profit):
        - 30 for each chair + 50 for each table
        <BLANKLINE>
        Limits:
        - wood: 4 for each chair + 2 for each table is at most 40
    """
    return "\n\n".join("\n".join(part) for part in _InWords(Instance(formulation, data)).parts())


def constraint_in_words(formulation: Formulation, name: str, data: Given = None) -> str:
    """Say one constraint by what it means, without its name and its doc.

    Raises:
        FormulationError: There is no such constraint, or the formulation does not say a model.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "variables": [{"name": "chairs", "domain": "integer"}, {"name": "tables"}],
        ...     "objective": {"sense": "maximize", "expression": "chairs + tables"},
        ...     "constraints": [
        ...         {"name": "share", "expression": "tables <= 0.5 * (chairs + tables)"}]})
        >>> constraint_in_words(shop, "share")
        'tables is at most 0.5 times (chairs + tables)'
    """
    words = _InWords(Instance(formulation, data))
    for rule in words.instance.rules:
        if rule.constraint.name == name:
            head, rest = words.rule(rule)
            return "\n".join([head, *(f"- {line}" for line in rest)])
    known = ", ".join(first([each.name for each in formulation.constraints], 5))
    raise FormulationError(f"there is no constraint '{name}'; there are: {known or 'none'}")


class _InWords:
    """Says one formulation, part by part."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.phrases = Phrases(instance)
        self.twins = twins(instance.formulation)

    def parts(self) -> Iterator[list[str]]:
        """Give the parts, each a list of lines; last the numbers that were not said before."""
        formulation = self.instance.formulation
        if title := one_line(formulation.title):
            yield [title]
        decided = (v for v in formulation.variables if v.name not in self.twins)
        yield ["You decide:", *self._some(self._decision(v) for v in decided)]
        way = "large" if formulation.objective.sense is Sense.maximize else "small"
        doc = one_line(formulation.objective.doc)
        goal = self.phrases.number(self.instance.objective, Scope()).text
        note = f" ({doc})" if doc else ""
        yield [f"The goal is to make this as {way} as possible{note}:", f"- {goal}"]
        rules = [r for r in self.instance.rules if r.constraint.name not in self.twins]
        limits = [line for rule in rules[:_MOST_LINES] for line in self._limit(rule)]
        if len(rules) > _MOST_LINES:
            limits.append(f"- ... and {len(rules) - _MOST_LINES} more")
        yield ["Limits:", *limits] if limits else ["There are no limits."]
        sets = [self._set(each) for each in formulation.sets if self._needs_words(each)]
        left = [self._number(each) for each in formulation.parameters if not self._is_shown(each)]
        if sets or left:
            yield ["Known:", *self._some([*sets, *left])]

    def _some(self, lines: "Sequence[str] | Iterator[str]") -> list[str]:
        return first([f"- {line}" for line in lines], _MOST_LINES, "- ... and {} more")

    # --- decisions -------------------------------------------------------------------------------

    def _decision(self, variable: Variable) -> str:
        noun, (domain, limits) = self.phrases.nouns.full(variable.name), self._values(variable)
        over = self._over(variable)
        own = [
            self.phrases.nouns.own(variable.name, key)
            for key in self.instance.bounds[variable.name]
        ]
        if own and all(own) and len(own) <= MOST_ELEMENTS:
            noun, over = ", ".join(filter(None, own)), ""
        limits += self._whole(variable)
        return ": ".join([f"{noun}{over}", ", ".join([domain, *limits])])

    def _whole(self, variable: Variable) -> list[str]:
        """Name the entries that are whole where others are not."""
        twin = twin_name(variable.name)
        if twin not in self.twins:
            return []
        nouns = [self.phrases.sets[name] for name in variable.index]
        named = [
            " and ".join(noun.element(atom) for noun, atom in zip(nouns, key, strict=False))
            for key in self.instance.bounds[twin]
        ]
        return [f"only whole numbers for {', '.join(first(named, MOST_ELEMENTS))}"]

    def _over(self, variable: Variable) -> str:
        if not variable.index:
            return ""
        listed = [self.instance.sets[name] for name in variable.index]
        if len(listed) == 1 and _is_short(listed[0]):
            return (
                f" ({elements(self.phrases.sets[variable.index[0]], listed[0]).partition(': ')[2]})"
            )
        return f" (for each {' and '.join(self.phrases.sets[name].one for name in variable.index)})"

    def _values(self, variable: Variable) -> tuple[str, list[str]]:
        """Say what values it may take, and between which bounds."""
        if variable.domain is Domain.binary:
            return "yes or no", []
        many = bool(variable.index)
        domain = {
            (Domain.integer, True): "whole numbers",
            (Domain.integer, False): "a whole number",
            (Domain.continuous, True): "any amounts",
            (Domain.continuous, False): "any amount",
        }[variable.domain, many]
        unit = f" {one_line(variable.unit)}" if variable.unit else ""
        loops = parse_forall(variable.over) if variable.over.strip() else ()
        _, scope = self.phrases.each(loops, Scope()) if loops else ("", Scope())
        limits = []
        if variable.lower is None:
            limits.append("may be negative")
        elif variable.lower == 0:
            limits.append("0 or more")
        else:
            limits.append(f"at least {self._bound(variable.lower, scope, unit)}")
        if variable.upper is not None:
            limits.append(f"at most {self._bound(variable.upper, scope, unit)}")
        return f"{domain}{f' in{unit}' if unit else ''}", limits

    def _bound(self, bound: float | str, scope: Scope, unit: str) -> str:
        if isinstance(bound, str):
            return self.phrases.number(parse(bound), scope).text
        return f"{show_number(bound)}{unit}"

    # --- limits ----------------------------------------------------------------------------------

    def _limit(self, rule: Rule) -> list[str]:
        head, rest = self.rule(rule)
        doc, name = one_line(rule.constraint.doc), one_line(rule.constraint.name)
        note = f" [{doc}]" if doc else ""
        return [f"- {name}: {head}{note}", *(f"  - {line}" for line in rest)]

    def rule(self, rule: Rule) -> tuple[str, list[str]]:
        """Say what a constraint means, and its rows or an example of them."""
        if not rule.loops:
            return self._row(rule, Scope()), []
        over, scope = self.phrases.each(rule.loops, Scope())
        bindings = self.phrases.bindings(rule.loops, Scope(), _MOST_ROWS)
        if bindings is not None:
            rows = [self._row_at(rule, binding) for binding in bindings]
            if not rows:
                return f"for {over}: {self._row(rule, scope)} (there is none)", []
            return f"for {over}:", rows
        found = next(iter(self.instance.evaluator().bindings(rule.loops, {})))
        return f"for {over}: {self._row(rule, scope)}", [f"for example {self._row_at(rule, found)}"]

    def _row_at(self, rule: Rule, binding: Binding) -> str:
        place = ", ".join(self._element(loop, binding) for loop in rule.loops)
        return f"{place}: {self._row(rule, Scope(bound=binding))}"

    def _element(self, loop: Loop, binding: Binding) -> str:
        noun = self.phrases.sets[loop.domain.name]
        values = [binding[target] for target in loop.targets]
        if len(values) == 1 and not isinstance(values[0], tuple):
            return noun.element(values[0])
        atoms = values[0] if isinstance(values[0], tuple) else values
        return f"({', '.join(one_line(str(atom)) for atom in atoms)})"

    def _row(self, rule: Rule, scope: Scope) -> str:
        relation = self.phrases.relation(rule.relation, scope)
        if rule.condition is None:
            return relation
        return f"if {self.phrases.condition(rule.condition, scope)}, then {relation}"

    # --- what is known ---------------------------------------------------------------------------

    def _needs_words(self, declared: Set) -> bool:
        """Whether the elements of a set are not all named with a decision, or are by a rule."""
        if declared.name in map(twin_set, self.twins.values()):
            return False
        named = [v.index for v in self.instance.formulation.variables if len(v.index) == 1]
        is_named = (declared.name,) in named and _is_short(self.instance.sets[declared.name])
        return not is_named or declared.expression is not None

    def _set(self, declared: Set) -> str:
        noun, doc = self.phrases.sets[declared.name], one_line(declared.doc)
        text = elements(noun, self.instance.sets[declared.name])
        if doc and not noun.is_known:
            text = text.replace(noun.many, f"{noun.many} ({doc})", 1)
        if declared.expression is None:
            return text
        element, loops = parse_elements(declared.expression)
        over, scope = self.phrases.each(loops, Scope())
        return f"{text}; computed: {self.phrases.number(element, scope).text}, for {over}"

    def _is_shown(self, parameter: Parameter) -> bool:
        """Whether each of its numbers stands in a sentence, and none of them was computed."""
        entries = self.instance.parameters[parameter.name]
        is_said = len(self.phrases.said.get(parameter.name, ())) == len(entries)
        is_named = parameter.name in self.phrases.named
        return is_said and not is_named and parameter.expression is None

    def _number(self, parameter: Parameter) -> str:
        entries, is_computed = self.instance.parameters[parameter.name], bool(parameter.expression)
        text = numbers(entries, one_line(parameter.unit), partial(figure, is_computed=is_computed))
        if parameter.expression is not None:
            loops = parse_forall(parameter.over) if parameter.over.strip() else ()
            _, scope = self.phrases.each(loops, Scope()) if loops else ("", Scope())
            rule = self.phrases.number(parse(parameter.expression), scope).text
            text += f"; computed: {rule}" if rule != text else ""
        unused = "" if parameter.name in self._used() else "; it is not used"
        return f"{self.phrases.nouns.full(parameter.name)}: {text}{unused}"

    def _used(self) -> frozenset[str]:
        """Name everything that some expression speaks of."""
        formulation, nodes = self.instance.formulation, [self.instance.objective]
        for rule in self.instance.rules:
            nodes += [*rule.loops, *rule.relation.operands, *filter(None, [rule.condition])]
        for variable in formulation.variables:
            nodes += [parse(b) for b in (variable.lower, variable.upper) if isinstance(b, str)]
        for parameter in formulation.parameters:
            nodes += [parse(parameter.expression)] if parameter.expression is not None else []
        for declared in formulation.sets:
            if declared.expression is not None:
                element, loops = parse_elements(declared.expression)
                nodes += [element, *loops]
        return frozenset[str]().union(*(node.names for node in nodes))


def _is_short(members: Sequence[Key]) -> bool:
    """Whether the elements of a set can be named where something is decided for each."""
    is_counted = all(isinstance(atom, int) for key in members for atom in key)
    return 1 < len(members) <= _MOST_NAMED and not is_counted
