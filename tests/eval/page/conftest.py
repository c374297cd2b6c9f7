"""Runs to write pages of: quick ones, and one whose every text is hostile."""

import asyncio
from typing import Any

import pytest

from solvitur.agents import Answer
from solvitur.agents.answer import Check, Round
from solvitur.eval import Dataset, Facts, Problem, Question, Report, evaluate, read_label
from solvitur.formulation import Formulation
from tests.eval.runs import careless, here, joiner, run

HOSTILE = (
    "<script>window.hit = 1</script></script><img src=x onerror='window.hit = 1'></textarea>"
    "</title>"
    "</style><!-- \"'` {{ 7 * 7 }} {% raw %} &lt;b&gt; \u202eevil\u2066 a\u200bb \x1b[2J ]]>"
)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report]:
    """The same problems, answered rightly and carelessly."""
    folder = tmp_path_factory.mktemp("runs")
    woods = (42, 50, 93, 77, 66, 65.5)
    one = run(folder / "one", joiner, woods, scorer=here)
    return one, run(folder / "other", careless, woods, scorer=here)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A run in which everything that anybody can say is hostile."""
    problem = Problem(
        id=HOSTILE,
        question=HOSTILE * 20,
        label=read_label(180),
        labels={HOSTILE: read_label(181)},
        tags=(HOSTILE, "x" * 300),
        data={HOSTILE: [1]},
    )
    others = [problem.model_copy(update={"id": f"{n}{'w' * 200}"}) for n in range(5)]
    dataset = Dataset(Facts(name="hostile", title=HOSTILE, licence=HOSTILE), (problem, *others))
    folder = tmp_path_factory.mktemp("hostile")
    return asyncio.run(evaluate(Attacker(), dataset, run=folder, scorer=here))


class Attacker:
    """Answers with text that wants to be code."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {"model": HOSTILE, HOSTILE: [HOSTILE]}

    async def __call__(self, question: Question) -> Answer:
        assert question.log_file is not None
        question.log_file.write_text(HOSTILE, encoding="utf-8", errors="replace")
        return Answer(
            outcome="solved" if question.id.startswith("<") else "error",
            objective=180.0,
            message=HOSTILE,
            answer=HOSTILE,
            formulation=attack() if question.id[0] in "<01" else None,
            script=HOSTILE,
            checks=(Check(code="c", severity="error", element=HOSTILE, message=HOSTILE),),
            rounds=(Round(route="code", outcome=HOSTILE, objective=1.0, evidence=(HOSTILE,)),),
            model=HOSTILE,
        )


def attack() -> Formulation:
    plain = HOSTILE.encode("utf-8", "replace").decode()
    return Formulation.model_validate(
        {
            "title": plain,
            "sets": [{"name": "S", "elements": [plain], "doc": plain}],
            "variables": [{"name": "x", "unit": plain, "doc": plain}],
            "objective": {"sense": "maximize", "expression": "x", "doc": plain},
            "constraints": [{"name": "c", "expression": "x <= 180", "doc": plain}],
        }
    )
