"""The objective and the constraints as language models write them, read into a draft.

See `solvitur.formulation.free_text.items`, which reads the other sections.
"""

import re
from collections.abc import Sequence

from solvitur.errors import FormulationError
from solvitur.formulation.free_text.draft import Draft
from solvitur.formulation.free_text.items import domain, tidy
from solvitur.formulation.free_text.notation import Formula, translate, translate_loops
from solvitur.formulation.free_text.signs import NUMBER, clauses, number

_SENSE = re.compile(r"\b(?:(max)|min)(?:imi[sz](?:e|ing|ation))?\b(?! ?[({_])", re.IGNORECASE)
_RELATION = re.compile(r"<=|>=|==|[<>]|(?<!:)=")
_QUANTIFIER = re.compile(r"\bfor (?:all|each|every|any)\b|\bfor(?= \w+ in\b)", re.IGNORECASE)
_MEMBER = re.compile(r"\b\w+ in\b")
_BOUND = re.compile(rf"([^<>=]*?)\s*(<=|>=)\s*({NUMBER})")
_NOT_NEGATIVE = re.compile(r"non-?negativ|>= ?0\b", re.IGNORECASE)
_REMARK = re.compile(r"[\s,;]*(?:\((.*)\)|//(.*)|\b((?:where|per|with)\b.*))?[\s.,;]*")
_UNIT = r"(?:[^\W\d_]{2,}|[gmhsLltW])[23]?"
_UNITS = re.compile(rf"{_UNIT}(?:[-/ ]{{1,2}}{_UNIT}){{0,8}}\.?")
_ASIDE = re.compile(r"\((?:with|where|given|note|assum|i\.e|e\.g)", re.IGNORECASE)
_NO_LOOPS = Formula("", (), "")


def read_objective(draft: Draft, texts: Sequence[str]) -> None:
    """Read ``Maximize the net income = 400 x_cow + 20 x_pig``.

    Raises:
        FormulationError: There is no sense, or no formula.
    """
    text = " ".join(line.partition("//")[0] for line in texts)
    comments = [tidy(line.partition("//")[2]) for line in texts]
    sense = _SENSE.search(text)
    senses = {found[1] is None for found in _SENSE.finditer(text)}
    if draft.objective is not None or sense is None or len(senses) > 1:
        raise FormulationError("write one objective: 'Maximize ...' or 'Minimize ...'")
    starts = [found.end() for found in _SENSE.finditer(text[:2_000])]
    starts += [place + 1 for place, sign in enumerate(text[:2_000]) if sign in ":="]
    fault = FormulationError("there is no formula")
    for start in sorted(start for start in starts[:20] if start >= sense.end()):
        try:
            formula = translate(text[start:], draft.names)
            doc = [tidy(text[sense.end() : start]), _remark(formula.rest), *comments]
            if _RELATION.search(formula.text.split(" for ")[0]) or formula.free:
                raise FormulationError("an objective is a formula with no relation")
        except FormulationError as error:
            fault = error
            continue
        draft.objective = {
            "sense": "maximize" if sense[1] else "minimize",
            "expression": formula.text,
            "doc": "; ".join(filter(None, doc)),
        }
        return
    raise fault


def read_constraint(draft: Draft, texts: Sequence[str]) -> None:
    """Read the statements of one constraint; the first may only name it.

    Raises:
        FormulationError: There is no relation, or one that cannot be read.
    """
    rows = _Rows(draft)
    for text in texts:
        rows.read(text)
    if not rows.said_something:
        rows.read_prose(" ".join(texts))


class _Rows:
    """The rows of one item, under one label and one ``for all``."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.label = ""
        self.loops = _NO_LOOPS
        self.said_something = False

    def read(self, text: str) -> None:
        code, _, comment = text.partition("//")
        if _ASIDE.match(code) and self.said_something:
            last = list(self.draft.elements["Constraints"].values())[-1:]
            for row in last:
                row["doc"] = "; ".join(filter(None, (row["doc"], tidy(code))))
            return
        head, colon, tail = _split_label(code)
        if colon:
            label, self.loops = self.take_loops(head)
            self.label, code = self.label or label, tail
        if not _RELATION.search(code):
            if not self.read_domain(code):
                label, loops = self.take_loops(code)
                self.label, self.loops = self.label or label, loops if loops.text else self.loops
            return
        code, loops = self.take_loops(code)
        listed: list[str] = []
        for _, clause in clauses(code, ",;where"):
            if _RELATION.search(clause):
                self.add([*listed, clause], loops if loops.text else self.loops, tidy(comment))
                listed = []
            elif not self.read_domain(clause):
                listed.append(clause)
        if listed:
            raise _no_relation(", ".join(listed))

    def take_loops(self, text: str) -> tuple[str, Formula]:
        """Take 'for all ...' out of a label or a row."""
        found = _QUANTIFIER.search(text)
        if found is None:
            return text.strip(), _NO_LOOPS
        member = _MEMBER.search(text, found.end())
        for start in (found.end(), member.start() if member else found.end()):
            try:
                loops = translate_loops(text[start:], self.draft.names)
            except FormulationError:
                continue
            rest = loops.rest.lstrip(" ,:")
            return f"{text[: found.start()].rstrip(' ,(')} {rest}".strip(), loops
        return text.strip(), _NO_LOOPS

    def read_domain(self, text: str) -> bool:
        """Read ``x, y are integers``; a bare ``integer`` speaks of the row before it."""
        found = domain(text)
        if not found:
            return False
        spoken = self.draft.variables_in(text) or self.draft.variables_in(self.last)
        for variable in spoken:
            variable.update(found)
        self.said_something = self.said_something or bool(spoken)
        return bool(spoken)

    last = ""
    """The row before."""

    def add(self, pieces: list[str], loops: Formula, comment: str) -> None:
        """Add a row; ``x, y >= 0`` is a bound of each."""
        row = ", ".join(pieces)
        self.last, self.said_something = row, True
        bound = _BOUND.fullmatch(row)
        spoken = self.draft.variables_in(row)
        if bound and (len(pieces) > 1 or (number(bound[3]) == 0 and _is_name(bound[1]))):
            for variable in spoken:
                variable["lower" if bound[2] == ">=" else "upper"] = number(bound[3])
            return
        formula = translate(row, self.draft.names, loops.free)
        free = [f"{letter} in {self.draft.names.letters[letter]}" for letter in formula.free]
        doc = "; ".join(filter(None, (_remark(formula.rest), comment)))
        element = {
            "expression": formula.text,
            "forall": ", ".join(filter(None, [loops.text, *free])),
        }
        self.draft.add_row({**element, "doc": doc}, self.label)

    def read_prose(self, text: str) -> None:
        """Read 'all variables are non-negative integers'."""
        found = domain(text)
        if _NOT_NEGATIVE.search(text):
            found["lower"] = 0
        if not found:
            raise _no_relation(text)
        for variable in self.draft.variables_in(text) or self.draft.elements["Variables"].values():
            variable.update(found)


def _no_relation(text: str) -> FormulationError:
    return FormulationError(f"{text[:60]!r} is no relation; write one with <=, >= or =")


def _split_label(text: str) -> tuple[str, str, str]:
    """Split at the first colon outside brackets that no relation stands before."""
    relation = _RELATION.search(text)
    depth = 0
    for place, sign in enumerate(text[: relation.start() if relation else len(text)]):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ":" and depth <= 0:
            return text[:place].strip(), ":", text[place + 1 :].strip()
    return "", "", text


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[^\W\d]\w*(?:\s?[_\[({][\w\s,{}]*[\])}]*)?", text.strip()) is not None


def _remark(rest: str) -> str:
    """Take what stands after a formula for a remark or a unit, if it can be nothing else.

    Raises:
        FormulationError: It looks like part of the formula.
    """
    found = _REMARK.fullmatch(rest)
    if found:
        return tidy(found[1] or found[2] or found[3] or "")
    if _UNITS.fullmatch(rest):
        return f"in {rest}"
    raise FormulationError(f"cannot read {rest[:40]!r}; write an operator before it, or declare it")
