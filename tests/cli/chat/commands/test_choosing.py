"""``/model`` and ``/solver``: who is asked from now on."""

from collections.abc import Callable

from solvitur.cli.chat.commands.registry import complete
from tests.cli.chat.commands.conftest import Typed


def test_the_model_is_shown_and_another_is_asked_from_then_on(
    typed: Typed, scripted: Callable[..., str]
) -> None:
    name = scripted("hello")

    desk = typed("/model", f"/model {name}", "/model", "/cost")

    assert desk.shown[:3] == ["local:qwen2.5-coder-1.5b", name, name]
    assert desk.session.talk.model.name == name
    assert name in desk.shown[3]


def test_a_model_that_cannot_be_asked_leaves_the_one_there_is(typed: Typed) -> None:
    desk = typed("/model nobody:x", "/model scripted:no.json", "/model")

    assert desk.shown[0].startswith("Error: 'nobody:x' names no model: ")
    assert desk.shown[1].startswith("Error: cannot read replies from no.json: ")
    assert desk.shown[2] == "local:qwen2.5-coder-1.5b"
    assert desk.session.talk.model.name == "scripted"


def test_the_solver_is_shown_and_another_one_solves_from_then_on(typed: Typed) -> None:
    desk = typed("/solver", "/solver highs", "/solve")

    assert desk.shown[:2] == ["auto", "highs"]
    assert desk.session.talk.effort.solver == "highs"
    assert desk.objective == 450


def test_a_solver_that_is_not_there_leaves_the_one_there_is(typed: Typed) -> None:
    desk = typed("/solver cbc", "/solver")

    assert desk.shown[0].startswith("Error: unknown solver 'cbc'")
    assert desk.shown[1] == "auto"


def test_names_of_models_and_solvers_are_completed(typed: Typed) -> None:
    desk = typed()

    assert "local:smollm2-135m" in complete("/model local:", desk.session)
    assert complete("/solver hi", desk.session) == ["highs"]
