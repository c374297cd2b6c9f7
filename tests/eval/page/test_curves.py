"""What the curves say, against the figures and against counting."""

from pathlib import Path

import pytest

from solvitur.agents import Answer
from solvitur.eval import Question, Report
from solvitur.eval.page.curves import Chart, Line, curves
from solvitur.eval.page.runs import shown_runs
from tests.eval.runs import here, joiner, run

WOODS = (42, 50, 57, 64, 71, 78)


def drawn(*reports: Report) -> dict[str, Chart]:
    return {chart.title: chart for chart in curves(shown_runs(reports))}


def shares(chart: Chart, line: Line) -> list[tuple[float, float]]:
    """The points of a curve: places on the axis, with per cent."""
    points = (point.split() for point in line.path.removeprefix("M").split("L"))
    high, low = chart.top, chart.bottom
    return [(float(x), round(100 * (low - float(y)) / (low - high), 0)) for x, y in points]


def reached(chart: Chart, x: float) -> float:
    return next(share for at, share in shares(chart, chart.lines[0]) if at >= x - 0.05)


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Six answers: exact, off by 1e-7, 1e-5, 1 % and 10 %, and none; they take 1 to 32 seconds."""
    off = (0.0, 1e-7, 1e-5, 0.01, 0.1, None)

    async def near(asked: Question) -> Answer:
        number = int(asked.id)
        answer, share = await joiner(asked), off[number]
        told = {"seconds": 2.0**number, "cost": 0.001}
        if share is None or answer.objective is None:
            return Answer(outcome="error", message="no reply", **told)
        return answer.model_copy(update=told | {"objective": answer.objective * (1 + share)})

    folder: Path = tmp_path_factory.mktemp("apart")
    return run(folder, near, WOODS, scorer=here)


def test_accuracy_by_tolerance_counts_what_is_near_enough(apart: Report) -> None:
    chart = drawn(apart)["Accuracy by tolerance"]
    strict, ours, lax = (reached(chart, guide.x) for guide in chart.guides)
    assert (strict, ours, lax) == (33.0, 50.0, 67.0)
    assert shares(chart, chart.lines[0])[0] == (chart.left, 17.0)
    assert shares(chart, chart.lines[0])[-1] == (chart.right, 83.0)


def test_at_our_tolerance_the_curve_is_at_solving_accuracy(apart: Report) -> None:
    chart = drawn(apart)["Accuracy by tolerance"]
    assert apart.metrics is not None
    assert apart.metrics.sa is not None
    (ours,) = (guide.x for guide in chart.guides if guide.words == "SA")
    assert reached(chart, ours) == round(100 * apart.metrics.sa.value)


def test_accuracy_by_time_ends_at_solving_accuracy(tmp_path: Path) -> None:
    async def slower(asked: Question) -> Answer:
        return (await joiner(asked)).model_copy(update={"seconds": 2.0 ** int(asked.id)})

    chart = drawn(run(tmp_path, slower, WOODS, scorer=here))["Accuracy by time"]
    points = shares(chart, chart.lines[0])
    assert (points[0][1], points[-1][1]) == (17.0, 100.0)
    assert [mark.words for mark in chart.marks] == ["1", "2", "5", "10", "20"]
    assert reached(chart, chart.marks[1].x) == 33.0


def test_what_costs_the_same_everywhere_is_no_curve(apart: Report) -> None:
    assert list(drawn(apart)) == ["Accuracy by tolerance"]


def test_a_run_has_the_band_of_its_intervals_alone(apart: Report) -> None:
    alone = drawn(apart)["Accuracy by tolerance"]
    assert alone.lines[0].band.endswith("Z")
    two = drawn(apart, apart)["Accuracy by tolerance"]
    assert [(line.letter, line.band) for line in two.lines] == [("A", ""), ("B", "")]


def test_without_labels_there_is_no_curve(tmp_path: Path) -> None:
    unlabelled = run(tmp_path, joiner, labels=dict.fromkeys(range(3)), scorer=here)
    assert drawn(unlabelled) == {}
