"""Word problems that come with tables: what the model sees of them, and what comes of its reply."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from solvitur.agents import Answer, Effort, solve_problem
from solvitur.errors import DataError
from solvitur.formulation import Data, Formulation
from solvitur.formulation.checks import check
from solvitur.formulation.tables.schema import describe
from solvitur.llm import OpenAI, Request, Role, Scripted, layered
from solvitur.prompts.library import examples, render
from solvitur.solvers import Outcome, solve
from tests.agents.constraints import fits
from tests.agents.players import CHAIRS, FIVE
from tests.llm.servers import chat_server, completion

TEXT = (
    "Ship the crates from the depots to the shops as cheaply as possible. The tables say what each "
    "depot has, what each shop wants, and what a crate costs on each road. At most 25 crates go "
    "over one road."
)
DEPOTS = {"depot": ["north", "south"], "crates": [40, 60]}
SHOPS = {"shop": [f"s{n}" for n in range(8)], "wants": [11, 12, 13, 5, 6, 7, 8, 9]}
ROADS = [
    {"from": depot, "to": shop, "fare [EUR]": 2.25 + 3 * (place % 5) + 0.5 * number}
    for number, depot in enumerate(DEPOTS["depot"])
    for place, shop in enumerate(SHOPS["shop"])
]
TABLES: dict[str, Any] = {"depots.csv": DEPOTS, "shops.csv": SHOPS, "roads.csv": ROADS}


def bound(file: str, *keys: str, column: str = "") -> dict[str, Any]:
    source = {"file": file, "keys": [*keys], **({"column": column} if column else {})}
    return {"source": source}


SHIPPING: dict[str, Any] = {
    "sets": [
        {"name": "D", **bound("depots.csv", "depot")},
        {"name": "S", **bound("shops.csv", "shop")},
    ],
    "parameters": [
        {"name": "has", "index": ["D"], **bound("depots.csv", "depot", column="crates")},
        {"name": "wants", "index": ["S"], **bound("shops.csv", "shop", column="wants")},
        {"name": "fare", "index": ["D", "S"], **bound("roads.csv", "from", "to", column="fare")},
        {"name": "most", "value": 25},
    ],
    "variables": [{"name": "x", "index": ["D", "S"], "domain": "integer"}],
    "objective": {
        "sense": "minimize",
        "expression": "sum(fare[d, s] * x[d, s] for d in D for s in S)",
    },
    "constraints": [
        {"name": "stock", "forall": "d in D", "expression": "sum(x[d, s] for s in S) <= has[d]"},
        {"name": "order", "forall": "s in S", "expression": "sum(x[d, s] for d in D) == wants[s]"},
        {"name": "road", "forall": "d in D, s in S", "expression": "x[d, s] <= most"},
    ],
}
BEST = solve(Formulation.model_validate(SHIPPING), data=TABLES).objective


def run(model: Scripted, data: Any = TABLES, text: str = TEXT, rounds: int = 3) -> Answer:
    return asyncio.run(solve_problem(text, model, Effort(rounds=rounds), data=data))


def asked(data: Any = TABLES) -> Request:
    model = Scripted([json.dumps(SHIPPING)])
    run(model, data)
    return model.requests[0]


def words(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)


# --- what the model sees -------------------------------------------------------------------------


def test_the_tables_are_described_with_three_rows_and_no_more() -> None:
    assert (
        describe(Data(TABLES))
        == """\
Table "depots.csv", 2 rows:
- "depot": text, 2 different
- "crates": whole numbers, 2 different
first rows: ["north", 40], ["south", 60]

Table "shops.csv", 8 rows:
- "shop": text, 8 different
- "wants": whole numbers, 8 different
first rows: ["s0", 11], ["s1", 12], ["s2", 13]

Table "roads.csv", 16 rows:
- "from": text, 2 different
- "to": text, 8 different
- "fare [EUR]": numbers, unit EUR
first rows: ["north", "s0", 2.25], ["north", "s1", 5.25], ["north", "s2", 8.25]"""
    )


def test_a_description_tells_numbers_names_and_gaps_apart(tmp_path: Path) -> None:
    rows = ["id,day,share,note,gap", '01,2026-01-05,.5,"a\nb",', "02,2,1e3,,4"]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    assert (
        describe(Data(tmp_path))
        == """\
Table "t.csv", 2 rows:
- "id": text, 2 different
- "day": text, 2 different
- "share": numbers
- "note": text, 1 different, 1 empty
- "gap": whole numbers, 1 different, 1 empty
first rows: ["01", "2026-01-05", .5, "a\\nb", null], ["02", "2", 1e3, null, 4]"""
    )


def test_a_nan_is_a_gap() -> None:
    assert '- "v": numbers, 1 empty' in describe(Data({"t": {"v": [1.5, float("nan")]}}))


def test_a_description_stays_short_whatever_the_tables_are() -> None:
    wide = {f"column {n} " + "x" * 500: ["y" * 5_000] * 10 for n in range(300)}
    many = {f"t{n}": wide for n in range(100)}
    text = describe(Data(many))
    assert len(text) < 20 * 40 * 600
    assert "... and 80 more tables" in text
    assert "- ... and 260 more columns" in text


def test_the_problem_and_its_tables_are_the_last_thing_said() -> None:
    request = asked()
    assert request.messages[-1].content == f"{TEXT}\n\n{describe(Data(TABLES))}"


def test_no_row_beyond_the_third_reaches_the_model() -> None:
    data = {"secret.csv": [{"key": f"k{n}", "number": 7_000_000 + n} for n in range(100)]}
    said = words(asked(data))
    assert [n for n in range(100) if str(7_000_000 + n) in said] == [0, 1, 2]
    assert [n for n in range(100) if f'"k{n}"' in said] == [0, 1, 2]


def test_without_tables_nothing_is_said_of_tables() -> None:
    model = Scripted([json.dumps(FIVE)])
    run(model, None, CHAIRS)
    (request,) = model.requests
    assert request.messages[0].content == render("direct_system")
    assert request.messages[-1].content == render("direct_problem", problem=CHAIRS)
    assert len(request.messages) == 2 + 2 * len(examples("direct_examples"))
    assert request.json_schema is not None
    assert "source" not in words(request) + json.dumps(request.json_schema)


def test_the_schema_has_room_for_sources_of_the_tables_that_are_there() -> None:
    schema = asked().json_schema
    assert schema is not None
    assert fits(schema, SHIPPING)
    elsewhere = json.loads(json.dumps(SHIPPING).replace("roads.csv", "/etc/passwd"))
    assert not fits(schema, elsewhere)


def test_the_worked_example_with_tables_solves() -> None:
    for example in examples("direct_tables_examples"):
        made = Formulation.model_validate(example["formulation"])
        data = Data(example["tables"])
        assert check(made, data=data) == ()
        assert solve(made, data=data).outcome is Outcome.solved
        assert describe(data) in words(asked())


def test_a_small_model_too_is_asked_for_all_at_once_when_there_are_tables() -> None:
    model = Scripted([json.dumps(SHIPPING)])
    model.name = "local:small"
    answer = run(model)
    assert [each.route for each in answer.rounds] == ["direct"]


# --- what comes of it ----------------------------------------------------------------------------


def test_a_problem_with_tables_is_solved_and_nothing_speaks_against_it() -> None:
    answer = run(Scripted([json.dumps(SHIPPING)]))
    assert (answer.outcome, answer.objective) == (Outcome.solved, BEST)
    assert answer.checks == ()
    assert answer.formulation == Formulation.model_validate(SHIPPING)
    assert answer.verification is not None
    assert answer.verification.confirmed
    assert answer.answer.endswith("Fully used: stock (north).")


def test_the_answer_is_the_best_that_can_be_computed_by_hand() -> None:
    costs = {(road["from"], road["to"]): road["fare [EUR]"] for road in ROADS}
    wants = dict(zip(SHOPS["shop"], SHOPS["wants"], strict=True))
    # From the south every crate costs half a euro more, so the north gives all it has.
    assert all(costs["south", shop] == costs["north", shop] + 0.5 for shop in wants)
    from_north = sum(costs["north", shop] * count for shop, count in wants.items())
    assert from_north + 0.5 * (sum(wants.values()) - 40) == BEST


def test_a_wrong_column_goes_back_to_the_model_with_the_columns_there_are() -> None:
    wrong = json.dumps(SHIPPING).replace('"wants"}', '"wanted"}')
    model = Scripted([wrong, json.dumps(SHIPPING)])
    answer = run(model)
    assert answer.objective == BEST
    assert (
        "there is no column 'wanted' (did you mean 'wants'?); its columns are 'shop', 'wants'"
        in model.requests[1].messages[-1].content
    )


def test_of_the_cells_at_fault_the_model_sees_three_and_the_person_more() -> None:
    roads = [{**road, "fare [EUR]": f"{place} euros"} for place, road in enumerate(ROADS)]
    model = Scripted([json.dumps(SHIPPING)] * 2)
    answer = run(model, {**TABLES, "roads.csv": roads}, rounds=2)
    assert answer.outcome is Outcome.error
    said = model.requests[1].messages[-1].content
    shown = [place for place in range(len(roads)) if f"'{place} euros' is not a number" in said]
    assert shown == [0, 1, 2]
    assert "... and more of the same tables" in said
    assert "roads.csv, entry 9, column 'fare [EUR]': '8 euros' is not a number" in answer.message
    assert "... and 6 more faults in roads.csv" in answer.message


@pytest.mark.parametrize("file", ["/etc/passwd", "../shops.csv", "shop.csv"])
def test_a_table_that_was_not_given_is_refused_and_named(file: str) -> None:
    model = Scripted([json.dumps(SHIPPING).replace("shops.csv", file)] * 2)
    answer = run(model, rounds=2)
    assert answer.outcome is Outcome.error
    assert f"there is no table '{file}'" in model.requests[1].messages[-1].content


def test_a_number_of_the_text_that_the_model_forgets_is_missed_as_ever() -> None:
    forgetful = {**SHIPPING, "parameters": SHIPPING["parameters"][:-1]}
    forgetful["constraints"] = SHIPPING["constraints"][:-1]
    answer = run(Scripted([json.dumps(forgetful)]), rounds=1)
    assert [each.code for each in answer.checks] == ["forgotten_number"]


def test_a_text_without_numbers_is_a_problem_when_there_are_tables() -> None:
    text = "Ship the crates as cheaply as possible."
    answer = run(Scripted([json.dumps(SHIPPING)]), text=text, rounds=1)
    assert answer.objective == BEST


def test_a_table_that_cannot_be_read_is_said_before_a_model_is_asked(tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_bytes(b"a,b\n\xff,1\n")
    model = Scripted([json.dumps(SHIPPING)])
    with pytest.raises(DataError, match=r"broken\.csv, line 2: this is not UTF-8"):
        run(model, tmp_path)
    assert model.requests == []


def test_it_goes_over_http_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with chat_server(completion(json.dumps(SHIPPING))) as server:
        model = layered(OpenAI("m", base_url=server.url))
        answer = asyncio.run(solve_problem(TEXT, model, data=TABLES))
        (body,) = server.bodies
    assert answer.objective == BEST
    assert body["messages"][-1]["content"].endswith(describe(Data(TABLES)))
    assert body["messages"][0]["role"] == Role.system
