"""`solvitur solve --formulation FILE --json` is right on every formulation of known optimum."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.solvers.known_optima import ORACLES

FORMULATIONS = Path(__file__).parents[1] / "formulations"


@pytest.mark.parametrize("name", ORACLES)
def test_the_command_prints_the_known_outcome_and_optimum(run: Run, name: str) -> None:
    known = ORACLES[name]()
    transcript = run("solve", "--formulation", str(FORMULATIONS / f"{name}.json"), "--json")
    envelope = transcript.envelope
    if isinstance(known, str):
        assert (envelope["outcome"], envelope["objective"]) == (known, None)
        assert transcript.code == {"infeasible": 3, "unbounded": 4}[known]
        return
    assert (transcript.code, envelope["outcome"]) == (0, "solved")
    assert envelope["objective"] == pytest.approx(known, rel=1e-6, abs=1e-9)
    assert envelope["verification"]["confirmed"] is True
