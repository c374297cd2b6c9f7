"""`solvitur solve --formulation FILE --json` is right on every formulation of known optimum."""

import pytest

from tests.cli.conftest import Run
from tests.solvers.known_files import FILES, tables_of
from tests.solvers.known_optima import ORACLES, nearly


@pytest.mark.parametrize("name", ORACLES)
def test_the_command_prints_the_known_outcome_and_optimum(run: Run, name: str) -> None:
    known = ORACLES[name]()
    tables = tables_of(name)
    data = [] if tables is None else ["--data", str(tables)]
    transcript = run("solve", "--formulation", str(FILES[name]), "--json", *data)
    envelope = transcript.envelope
    if isinstance(known, str):
        assert (envelope["outcome"], envelope["objective"]) == (known, None)
        assert transcript.code == {"infeasible": 3, "unbounded": 4}[known]
        return
    assert (transcript.code, envelope["outcome"]) == (0, "solved")
    assert envelope["objective"] == nearly(name)
    assert envelope["verification"]["confirmed"] is True
