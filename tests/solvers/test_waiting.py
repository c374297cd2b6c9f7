"""Solvers work in threads that are used again."""

import subprocess
import sys
import threading
import time

import pytest

from solvitur.formulation import Formulation
from solvitur.solvers import Holding, Interrupt, Options, Stop, connect, solve
from solvitur.solvers.waiting import Abandoned, wait_for
from tests.cli.problems import market_split, subset_sum

MANY = """
from solvitur.formulation import Formulation
from solvitur.solvers import solve
from tests.solvers.shapes import FREE_X, FREE_Y, model
goal, disc = "exp(x) - 2 * x + (y - x) ** 4", "x ** 2 + y ** 2 <= 1"
valley = model([FREE_X, FREE_Y], "minimize", goal, disc)
print({solve(valley, "scip").outcome.value for _ in range(150)})
"""


def nothing() -> None:
    """Cancel what cannot be cancelled."""


def test_one_solve_after_the_other_needs_no_new_threads() -> None:
    seen: set[threading.Thread] = set()
    for _ in range(50):
        assert wait_for(lambda: seen.add(threading.current_thread()), nothing, 60) is None
    assert len(seen) <= 3
    assert threading.current_thread() not in seen


def test_a_thread_that_raised_is_used_again() -> None:
    seen: set[threading.Thread] = set()

    def fail() -> None:
        seen.add(threading.current_thread())
        raise ValueError("no")

    for _ in range(20):
        with pytest.raises(ValueError, match="no"):
            wait_for(fail, nothing, 60)
    assert len(seen) <= 3


def test_two_at_once_do_not_wait_for_each_other() -> None:
    other = threading.Event()

    def outer() -> None:
        assert wait_for(other.set, nothing, 60) is None
        assert other.wait(60)

    assert wait_for(outer, nothing, 60) is None


def test_work_that_does_not_end_keeps_nobody_else_from_working(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("solvitur.solvers.waiting.GRACE", 0.01)
    end = threading.Event()
    assert wait_for(end.wait, nothing, 0.01) is Stop.time_limit
    assert wait_for(nothing, nothing, 60) is None
    end.set()


def test_a_process_solves_as_many_curved_problems_as_it_likes() -> None:
    pytest.importorskip("pyscipopt")
    done = subprocess.run(
        [sys.executable, "-c", MANY], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout.strip()) == (0, "{'solved'}"), done.stderr


def test_a_solver_whose_answer_nobody_wants_any_more_stops() -> None:
    hard = Formulation.model_validate(market_split())
    interrupt = Interrupt()
    threading.Timer(0.5, interrupt.abandon).start()
    started = time.monotonic()

    with interrupt, pytest.raises(Abandoned):
        solve(hard, "highs", Options(time_limit=60))

    assert time.monotonic() - started < 10


def test_nothing_begins_whose_answer_is_not_wanted() -> None:
    begun: list[bool] = []
    interrupt = Interrupt()
    interrupt.abandon()

    with interrupt, pytest.raises(Abandoned):
        wait_for(lambda: begun.append(True), nothing, 60)

    assert not begun


def test_an_answer_is_not_wanted_any_more_after_it_was_asked_to_stop() -> None:
    interrupt = Interrupt()
    interrupt.ask()
    threading.Timer(0.2, interrupt.abandon).start()

    with interrupt, pytest.raises(Abandoned):
        wait_for(lambda: time.sleep(1), nothing, 60)


# --- interrupted from another thread --------------------------------------------------------------


def test_an_interrupt_ends_the_wait_and_asks_the_work_to_stop() -> None:
    stop, interrupt = threading.Event(), Interrupt()

    def work() -> None:
        threading.Thread(target=interrupt.ask).start()
        assert stop.wait(60)

    with interrupt:
        assert wait_for(work, stop.set, 60) is None
    assert stop.is_set()


def test_work_that_does_not_listen_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solvitur.solvers.waiting.GRACE", 0.01)
    end, interrupt = threading.Event(), Interrupt()

    def work() -> None:
        interrupt.ask()
        end.wait()

    with interrupt:
        assert wait_for(work, nothing, 60) is Stop.interrupted
    end.set()


def test_work_that_hears_nothing_before_it_has_begun_is_asked_again() -> None:
    stop, interrupt, asked = threading.Event(), Interrupt(), iter([nothing, nothing])

    def work() -> None:
        interrupt.ask()
        assert stop.wait(60)

    with interrupt:
        assert wait_for(work, lambda: next(asked, stop.set)(), 60) is None


def test_after_an_interrupt_what_is_solved_gets_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solvitur.solvers.waiting.GRACE", 0.01)
    end, interrupt = threading.Event(), Interrupt()
    assert not interrupt.ask()  # nobody is at work

    with interrupt:
        assert wait_for(end.wait, nothing, 60) is Stop.interrupted
    with interrupt:
        assert wait_for(nothing, nothing, 60) is None
    end.set()


def test_only_what_is_solved_inside_hears_an_interrupt() -> None:
    interrupt, other = Interrupt(), threading.Event()

    def work() -> None:
        with interrupt:
            assert not interrupt.ask()
        other.set()

    assert wait_for(work, nothing, 60) is None
    assert other.is_set()


@pytest.mark.parametrize("name", ["highs", "scip"])
def test_a_solver_that_is_interrupted_gives_the_best_point_it_has(name: str) -> None:
    if not connect(name).is_installed():
        pytest.skip(f"{name} is not installed")
    interrupt = Interrupt()
    options = Options(on_incumbent=lambda incumbent: interrupt.ask() and None)

    with interrupt:
        solution = solve(Formulation.model_validate(subset_sum()), name, options)

    assert (solution.stop, solution.holding) == (Stop.interrupted, Holding.feasible)
    assert solution.verification is not None
    assert solution.verification.ok
