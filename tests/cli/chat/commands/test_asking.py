"""``/solve``, ``/whatif``, ``/sensitivity``, ``/compare``: what the solver is asked."""

from solvitur.formulation import Formulation
from solvitur.solvers import sensitivity
from tests.cli.chat.commands.conftest import SHOP, Typed

FIVE = Formulation.model_validate(SHOP)


def test_solving_again_gives_the_same(typed: Typed) -> None:
    desk = typed("/solve")

    assert desk.kinds == ["answer"]
    assert desk.replies[0].answer.objective == 450


def test_there_is_nothing_to_solve_before_something_is_said(typed: Typed) -> None:
    desk = typed("/solve", five=None)

    assert desk.kinds == ["words"]
    assert "nothing to solve yet" in desk.replies[0].text


def test_a_what_if_is_solved_and_what_there_is_is_kept(typed: Typed) -> None:
    desk = typed("/whatif labour=30 profit[chair] += 10 %")

    assert desk.replies[0].answer.objective == 366
    assert desk.five == FIVE
    assert desk.objective == 450
    assert desk.session.talk.turns[-1].message.words == (
        "what if labour = 30, profit[chair] += 10 %?"
    )


def test_a_what_if_without_anything_shows_how_it_is_written(typed: Typed) -> None:
    assert typed("/whatif").shown == [
        "Error: say what should be otherwise, such as /whatif labour=30"
    ]


def test_a_what_if_of_something_that_is_not_there_changes_nothing(typed: Typed) -> None:
    desk = typed("/whatif labor=30")

    assert desk.shown == ["Error: there is no labor; did you mean labour?"]
    assert len(desk.session.talk.turns) == 1


def test_a_what_if_with_a_sign_or_without_a_word_is_no_sentence_and_asks_no_model(
    typed: Typed,
) -> None:
    desk = typed("/whatif labour=abc", "/whatif x[chair] <=", "/whatif 3", "/whatif =")

    assert desk.shown == [
        "Error: 'abc' is no number",
        "Error: say the value, such as x[chair] <= 30",
        *["Error: write NAME VALUE, such as labour 30; see /help set"] * 2,
    ]
    assert len(desk.session.talk.turns) == 1


def test_sensitivity_is_what_the_solver_says(typed: Typed) -> None:
    desk = typed("/sensitivity")

    assert desk.shown[0].splitlines()[0] == str(sensitivity(FIVE)).splitlines()[0]
    assert "labour" in desk.shown[0] or "hours" in desk.shown[0]
    assert len(desk.session.talk.turns) == 1


def test_nothing_is_explained_before_it_is_solved(typed: Typed) -> None:
    assert typed("/why", five=None).shown == ["Error: there is no answer yet; /solve gives one"]


def test_why_is_told_in_the_words_of_the_problem_and_is_no_turn(typed: Typed) -> None:
    desk = typed("/why", "/why hours", "/why lumber")

    assert desk.shown[0].startswith("The highest value is 450: no plan is better.\n")
    assert desk.shown[1] == (
        "hours: all of the 40 h; one h more is worth 10; one h less changes nothing."
    )
    assert "lumber" in desk.shown[2]
    assert len(desk.session.talk.turns) == 1


def test_why_there_is_no_answer_is_the_conflict(typed: Typed) -> None:
    (_, shown) = typed("/set labour -3", "/why").shown

    assert shown.startswith("There is no answer. ")
    assert "- hours: " in shown


def test_what_can_be_asked_about_is_completed(typed: Typed) -> None:
    from solvitur.cli.chat.commands.registry import complete

    desk = typed("/show")

    assert complete("/why ", desk.session) == ["hours", "room", "x["]
    assert complete("/why x[c", desk.session) == ["x[chair]"]
    assert complete("/compare ", desk.session) == ["1"]


# --- /compare ------------------------------------------------------------------------------------


def test_two_answers_are_put_side_by_side(typed: Typed) -> None:
    (*_, shown) = typed("/set labour 30", "/compare").shown

    assert [line.split() for line in shown.splitlines()] == [
        ["turn", "1", "turn", "2"],
        ["outcome", "solved", "solved"],
        ["objective", "450", "360"],
        ["x[chair]", "5", "2", "*"],
        ["x[table]", "6", "6"],
        ["Between", "them:"],
        ["-", "parameter", "'labour':", "40", "->", "30", "[h]"],
        ["The", "first:", "450.", "The", "second:", "360,", "90", "less."],
        ["Fully", "used", "in", "the", "second", "only:", "hours."],
    ]


def test_an_answer_is_compared_with_that_of_a_turn(typed: Typed) -> None:
    desk = typed("/set labour 30", "/solve", "/compare 1", "/compare 2", "/compare")

    assert "turn 1  turn 3" in desk.shown[2]
    assert "- parameter 'labour': 40 -> 30 [h]" in desk.shown[2]
    assert "turn 2  turn 3" in desk.shown[3]
    assert "The formulations are the same.\nThe first: 360." in desk.shown[3]
    assert desk.shown[3] == desk.shown[4]


def test_an_answer_that_is_none_is_compared_as_well(typed: Typed) -> None:
    (*_, shown) = typed("/set labour -1", "/compare").shown

    assert [line.split() for line in shown.splitlines()][1:5] == [
        ["outcome", "solved", "infeasible"],
        ["objective", "450", "-"],
        ["x[chair]", "5", "-", "*"],
        ["x[table]", "6", "-", "*"],
    ]


def test_what_cannot_be_compared_is_said(typed: Typed) -> None:
    desk = typed("/compare", "/solve", "/compare 2", "/compare first", "/compare -1")

    assert desk.shown[0] == (
        "Error: there are not two answers yet to compare; change something first"
    )
    assert desk.shown[2:] == [
        f"Error: there is no other answer in turn {typed!r}; there is one in 1"
        for typed in ("2", "first", "-1")
    ]
