"""What the measuring scripts compute, on numbers that are known otherwise."""

import argparse
import asyncio
import importlib
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from solvitur.agents.confidence import Weights
from solvitur.errors import ConfigError
from solvitur.eval import word_problems
from solvitur.llm import Request, Scripted

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.fixture
def measuring(script: Any) -> ModuleType:
    return script("measuring")


@pytest.fixture
def confidence(script: Any) -> ModuleType:
    return script("confidence")


@pytest.fixture
def folder(tmp_path: Path, measuring: ModuleType) -> Path:
    for name, (_, file) in {**measuring.FILES, **measuring.OTHER}.items():
        rows = [{"id": f"{name}-{n}", "question": f"{name} {n}?", "answer": n} for n in range(100)]
        rows[70]["question"] = "NL4OPT: 5 ?"  # what row 5 of another file asks, written otherwise
        rows[3]["answer"] = "No Best Solution"
        (tmp_path / file).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_our_own_problems_are_either_for_development_or_held_out(measuring: ModuleType) -> None:
    odd, even = (measuring.cases(name, None, (0, 60)) for name in ("train", "held-out"))
    assert {case.id for case in odd} & {case.id for case in even} == set()
    assert len(odd) + len(even) == 66
    assert odd[0].id == "easy-01"
    assert even[0].id == "easy-02"


def test_a_label_is_a_number_or_that_there_is_none(measuring: ModuleType, folder: Path) -> None:
    cases = measuring.cases("mamo", folder, (2, 4))
    assert [case.label for case in cases] == [2.0, None]
    assert cases[0].is_right("solved", 2.0001)
    assert not cases[0].is_right("solved", 2.001)
    assert cases[1].is_right("infeasible", None)
    assert not cases[1].is_right("solved", 3.0)


def test_what_is_asked_once_is_not_asked_again(
    script: Any, measuring: ModuleType, tmp_path: Path
) -> None:
    techniques = script("techniques")
    answers = measuring.Answers(tmp_path / "answers.jsonl")
    case = measuring.Case("mamo", "one", "A chair earns 30 and takes 7 of 42 hours.", 180.0)
    model = measuring.Clock(Scripted(["nothing"] * 3))
    way = techniques.configuration("baseline", model)

    asyncio.run(techniques.measure(model, [way], [case], answers))
    asyncio.run(techniques.measure(model, [way], [case], measuring.Answers(answers.path)))

    assert len(model.model.requests) == 1
    assert techniques.results(model, way, [case], answers)[0]["right"] is False


def test_every_technique_has_a_way_with_it(script: Any) -> None:
    techniques = script("techniques")
    model = Scripted([], name="local:small")
    named = techniques.names(model)
    assert named[:2] == ["baseline", "default"]
    assert {f"with:{name}" for name in techniques.TECHNIQUES} <= set(named)
    assert all(techniques.configuration(name, model).told(model) for name in named)


def test_the_page_of_data_sets_tells_how_often_labels_differ(script: Any, tmp_path: Path) -> None:
    from solvitur.eval import load_dataset

    for name, labels in (("one", (1, 2, 3)), ("other", (1, 2.05, 4))):
        rows = [{"question": f"{n}?", "answer": label} for n, label in enumerate(labels)]
        rows[0]["original_answer"] = 7
        text = "\n".join(map(json.dumps, rows))
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")

    page = script("datasets").page(
        [load_dataset(str(tmp_path / f"{n}.jsonl")) for n in ("one", "other")]
    )

    assert "| one, other | 3 | 2 | 67% | 21% to 94% | 1 |" in page
    assert "one tells of 1 of its 3 problems here what the label was before (33%)" in page


# --- confidence ----------------------------------------------------------------------------------


def test_nothing_is_fitted_on_that_is_judged_by(
    measuring: ModuleType, confidence: ModuleType, folder: Path
) -> None:
    found = [case.id for case in confidence.development(folder, 70, 5)]
    seen = {c.id for name in measuring.FILES for c in measuring.cases(name, folder, (0, 70))}
    seen |= {case.id for case in measuring.cases("held-out", None, (0, 60))}
    assert not seen & set(found)
    assert len(set(found)) == len(found) > 0
    assert "mamo-71" in found


def lines(kinds: tuple[str, ...], count: int) -> list[dict[str, Any]]:
    draw = random.Random(2)
    made = []
    for _ in range(count):
        known = dict.fromkeys(kinds, 0.0) | {
            "forgotten": float(draw.randrange(3)),
            "ways": float(draw.randrange(2)),
        }
        odds = 1.5 - 2 * known["forgotten"] + 1.0 * known["ways"]
        chance = 1 / (1 + 2.718281828**-odds)
        made.append(
            {"right": draw.random() < chance, "answer": {"confidence": {"evidence": known}}}
        )
    return made


def test_a_fit_finds_what_made_the_answers(confidence: ModuleType) -> None:
    found: Weights = confidence.fit(lines(confidence.KINDS, 600))
    sure = {"forgotten": 0.0, "ways": 1.0}
    assert found.probability(sure) == pytest.approx(0.924, abs=0.05)
    assert found.probability({"forgotten": 2.0, "ways": 0.0}) == pytest.approx(0.076, abs=0.05)


def test_what_can_only_speak_against_an_answer_never_speaks_for_it(confidence: ModuleType) -> None:
    turned = lines(confidence.KINDS, 300)
    for line in turned:
        line["right"] = not line["right"]
    found: Weights = confidence.fit(turned)
    assert found.weights["forgotten"] == 0
    assert found.weights["ways"] == 0


def test_what_no_answer_had_counts_as_it_was_expected_to(confidence: ModuleType) -> None:
    found: Weights = confidence.fit(lines(confidence.KINDS, 100))
    sure = found.probability({"script": 0.0})
    assert found.probability({"script": -1.0}) < sure < found.probability({"script": 1.0})


def test_confident_takes_twenty_answers_of_which_nineteen_are_right(
    confidence: ModuleType,
) -> None:
    right = [(0.99 - place / 1000, True) for place in range(19)]
    wrong = [(0.95, False), (0.94, False)]
    assert confidence.threshold(right) is None
    assert confidence.threshold([*right, (0.95, True)]) == 0.95
    assert confidence.threshold([*right, (0.89, True)]) is None
    assert confidence.threshold([*right, *wrong]) == 0.95
    assert confidence.threshold([*right, *wrong, *[(0.93, True)] * 19]) == 0.93


LINES = {
    "a": {
        "vars": [["x", "I", None, 3.0], ["y", "B", None, None]],
        "rows": [["<=", {"0": 2.0, "1": 0.1}, 5.0], [">=", {"1": 1.0}, -0.0]],
        "obj": {"0": 1.0, "1": 0.0},
        "obj_const": 2.5,
        "sense": "max",
    },
    "b": {
        "vars": [["p", "I", None, 3.0], ["q", "B", None, None]],
        "rows": [["<=", {"0": 4.0, "1": 0.2}, 10.0], [">=", {"1": 1.0}, -0.0]],
        "obj": {"0": 1.0},
        "obj_const": 2.5,
        "sense": "max",
    },
    "c": {
        "vars": [["x", "I", None, 3.0], ["y", "B", None, None]],
        "rows": [["<=", {"0": 2.0, "1": 0.1}, 3.0]],
        "obj": {"0": 1.0},
        "obj_const": 2.5,
        "sense": "max",
    },
}
"""Programs as numbers, as the published pairs have them."""


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    (tmp_path / "lp").mkdir()
    for name, content in LINES.items():
        (tmp_path / "lp" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    pairs = [
        {"pair": "a_b", "a": "a", "b": "b", "is_reformulation": True},
        {"pair": "a_c", "a": "a", "b": "c", "is_reformulation": False},
    ]
    letters = {"a_b": "c", "a_c": "l"}
    for pair in pairs:
        pair["b_metadata"] = {"source": {"variation_id": letters[str(pair["pair"])]}}
    lines = "\n".join(map(json.dumps, pairs))
    (tmp_path / "pairs.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_a_program_of_numbers_is_read_exactly(script: Any) -> None:
    program = script("equivalence_pairs").program(LINES["a"])
    x, y = program.columns
    assert (x.lower, x.upper, x.is_integer) == (None, 3, True)
    assert (y.lower, y.upper, y.is_integer) == (0, 1, True)
    assert (program.rows[0].coefficients[1] * 10, program.rows[0].lower) == (1, None)
    assert (program.constant * 2, program.minimise, program.objective) == (5, False, {0: 1})


def test_published_pairs_are_judged_in_three_ways(script: Any, labelled: Path) -> None:
    pairs = script("equivalence_pairs")
    found = [pairs.outcome(case, 10.0) for case in pairs.cases(labelled)]
    assert [each.verdict.is_equivalent for each in found] == [True, False]
    page = "\n".join(pairs.page(found))
    assert "| c: other names | yes | 1 | 1 / 0 / 0 | 1 / 0 / 0 | 1 / 0 / 0 |" in page
    assert "| l: constraints dropped | no | 1 | 1 / 0 / 0 | 1 / 0 / 0 | 1 / 0 / 0 |" in page
    assert "1 pairs labelled equivalent 100% are proved" in page


def test_generated_pairs_are_judged_once(script: Any, tmp_path: Path) -> None:
    generated, file = script("equivalence_generated"), tmp_path / "answers.jsonl"
    found = list(generated.answers(file, (0, 2), seed=3))
    assert [each["class"] for each in found] == ["renamed", "rows scaled"]
    assert list(generated.answers(file, (0, 2), seed=4)) == found
    page = "\n".join(generated.page(found))
    assert "2 pairs; 0 verdicts of ours are wrong" in page
    assert "| all | 2 | 0 | 2 / 0 / 0 | 0% | 0% |" in page


def test_a_program_in_disguise_is_proved_and_its_time_set_against_its_size(script: Any) -> None:
    scale = script("equivalence_scale")
    assert scale.disguised(scale.sparse(30, 1), 1) != scale.sparse(30, 1)
    assert scale.seconds(30, 1) > 0
    assert scale.lines({30: [0.2, 0.1, 0.4]})[-1] == "| 30 | 18 | 0.20 | 0.40 |"
    assert scale.slope([10, 100, 1000], [3, 300, 30_000]) == pytest.approx(2)


def test_tables_go_between_their_marks(measuring: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- pairs -->\nold\n<!-- end of pairs -->\nafter\n", encoding="utf-8")
    measuring.write_section(page, "pairs", ["| a |", "| --- |"])
    marked = "before\n<!-- pairs -->\n\n| a |\n| --- |\n\n<!-- end of pairs -->\nafter\n"
    assert page.read_text(encoding="utf-8") == marked
    with pytest.raises(ConfigError, match="no place"):
        measuring.write_section(page, "others", [])


def test_models_stand_side_by_side_by_the_problems_that_all_were_asked(
    script: Any, tmp_path: Path
) -> None:
    tuned = script("tuned")
    given = argparse.Namespace(
        data=tmp_path, runs=tmp_path / "runs", rows=2, sets=[tuned.HELD_OUT], ways=[tuned.ONCE]
    )
    given.models = {"base": "local:some", "tuned": "local:some+/home/me/sft/adapter.gguf"}
    first, _ = tuned.dataset_of(tuned.HELD_OUT, given)
    five = next(each for each in word_problems() if each.id == first.id).formulation.to_json()

    def knows(request: Request) -> str:
        return five if first.question in request.messages[-1].content else "I cannot."

    asyncio.run(tuned.measure(given, "base", Scripted(lambda _: "I cannot.")))
    asyncio.run(tuned.measure(given, "tuned", Scripted(knows)))
    written = tuned.page(given)
    assert "- tuned: `local:some+sft/adapter.gguf`" in written
    assert "| all of these | base | once | 2 | 0% " in written
    assert "| all of these | tuned | once | 2 | 50% " in written
    assert "| tuned over base | once | 2 | +50 " in written
