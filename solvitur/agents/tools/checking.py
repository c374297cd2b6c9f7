"""The tool ``check``: what speaks against five elements, and what is different from others."""

from solvitur.agents.answer import Check as Finding
from solvitur.agents.steps import counted
from solvitur.agents.tools.formulating import few, notes
from solvitur.agents.tools.service import Service
from solvitur.agents.tools.tool import Arguments, Five, Result, Tables, Tell, Words
from solvitur.formulation.checks import Code, Severity, check
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.difference import diff
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Data


class _Arguments(Arguments):
    formulation: Five
    """The five elements."""
    problem: Words | None = None
    """The problem in words: each of its numbers must then be used, and each limit the right way
    round."""
    compare_with: Five | None = None
    """Other five elements, to be told in words what is different in 'formulation'."""
    data: Tables | None = None
    """Tables by name that the formulation takes sets and parameters from."""


class Checked(Result):
    """What speaks against five elements."""

    is_sound: bool
    """Whether they can be solved as they are; a warning may still say that something else was
    meant."""
    checks: tuple[Finding, ...] = ()
    checks_left_out: int = 0
    """How many more there are."""
    problem_class: ProblemClass | None = None
    """LP, MILP, QP, MIQP, NLP or MINLP; null where they say no model."""
    variables: int | None = None
    """How many numbers are to be found."""
    rows: int | None = None
    """How many relations must hold."""
    differences: tuple[str, ...] | None = None
    """What is different from 'compare_with', a line each; null where there is nothing to
    compare."""

    def __str__(self) -> str:
        """Give it in words."""
        size = "They do not say a model."
        if self.problem_class is not None:
            size = (
                f"{self.problem_class.value}: {counted(self.variables or 0, 'number')} to find, "
                f"{counted(self.rows or 0, 'row')}."
            )
        found = notes((), self.checks, self.checks_left_out) or ["Nothing speaks against them."]
        lines = [size, *found]
        if self.differences is not None:
            lines.append("\n".join(["Different:", *(f"- {line}" for line in self.differences)]))
            if not self.differences:
                lines[-1] = "There is no difference."
        return "\n\n".join(lines)


class Check:
    """Judges five elements without a model and without a solver."""

    name = "check"
    title = "Check the formulation of an optimization problem"
    description = (
        "Check five elements before they are solved, with neither a language model nor a solver: "
        "unknown names, wrong indices, an objective that nothing limits, what is declared and not"
        " used, units; and against the problem in words: numbers that are not used or made up, a "
        "limit turned round, the wrong sense. Says the class of the problem and its size, and "
        "what is different from other five elements ('compare_with'). Use it after writing or "
        "changing a formulation."
    )
    takes = _Arguments
    gives = Checked

    async def __call__(self, given: _Arguments, service: Service, tell: Tell) -> Checked:
        """Judge five elements.

        Raises:
            DataError: A table that was given cannot be read.
        """
        data = service.data(given.data)
        return await service.aside(lambda: _checked(given, data))


def _checked(given: _Arguments, data: Data) -> Checked:
    findings = check(given.formulation, given.problem, data)
    differences = None
    if given.compare_with is not None:
        differences = diff(given.compare_with, given.formulation).lines
    found = [
        Finding(code=f.code, severity=f.severity, element=f.element, message=str(f))
        for f in findings
    ]
    is_sound = not any(finding.severity is Severity.error for finding in findings)
    checked = Checked(is_sound=is_sound, differences=differences, **few(found))
    if any(finding.code in (Code.invalid, Code.data) for finding in findings):
        return checked
    instance = Instance(given.formulation, data)
    size = {
        "problem_class": classify(instance),
        "variables": sum(map(len, instance.bounds.values())),
        "rows": sum(frame.size * len(rule.relation.operators) for rule, frame in instance.frames),
    }
    return checked.model_copy(update=size)
