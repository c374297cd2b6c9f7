"""A name as it was typed, and what of a formulation it names."""

import pytest

from solvitur.cli.chat.commands.naming import find, names_in, spelt, words_in
from solvitur.errors import ConfigError
from solvitur.formulation import Formulation
from solvitur.formulation.instance import Instance

WORKSHOP = Formulation.model_validate(
    {
        "sets": [
            {"name": "P", "elements": ["chair", "side_table"]},
            {"name": "M", "elements": ["oak wood", "paint"]},
        ],
        "parameters": [
            {"name": "profit", "index": ["P"], "values": {"chair": 30, "side_table": 50}},
            {"name": "hours", "index": ["P"], "values": {"chair": 2, "side_table": 3}},
            {"name": "use", "index": ["P", "M"], "default": 2},
            {"name": "stock", "index": ["M"], "values": {"oak wood": 40, "paint": 12}},
            {"name": "hours_max", "value": 60},
        ],
        "variables": [{"name": "x", "index": ["P"]}],
        "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
        "constraints": [
            {
                "name": "material",
                "forall": "m in M",
                "expression": "sum(use[p, m] * x[p] for p in P) <= stock[m]",
            },
            {"name": "work", "expression": "sum(hours[p] * x[p] for p in P) <= hours_max"},
            {"name": "most", "forall": "p in P if p != 'chair'", "expression": "x[p] <= 9"},
        ],
    }
)
INSTANCE = Instance(WORKSHOP)


@pytest.mark.parametrize(
    ("typed", "is_bound", "found"),
    [
        ("paint", False, ("stock", ("paint",))),
        ("oak_wood", False, ("stock", ("oak wood",))),
        ("paint", True, ("stock", ("paint",))),  # no variable has it
        ("chair", True, ("x", ("chair",))),
        ("stock[OAK wood]", False, ("stock", ("oak wood",))),
        ("x[side table]", True, ("x", ("side_table",))),
        ("hours", False, ("hours", None)),
        ("use[chair,oak_wood]", False, ("use", ("chair", "oak wood"))),
    ],
)
def test_a_key_alone_is_the_only_entry_that_has_it(
    typed: str, is_bound: bool, found: tuple[str, object]
) -> None:
    assert find(typed, INSTANCE, is_bound=is_bound) == found


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("chair", "which chair is meant? There are: profit[chair], hours[chair]"),
        ("chiar", "there is no chiar; did you mean chair?"),
        (
            "steel",
            "there is no steel; there are: material, work, most, profit, hours, and 4 more",
        ),
        ("stock[steel]", "there is no stock[steel]; there are: stock[oak wood], stock[paint]"),
        ("stok[paint]", "there is no stok; did you mean stock?"),
    ],
)
def test_what_names_no_entry_or_several_is_said_with_what_there_is(
    typed: str, complaint: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        find(typed, INSTANCE, is_bound=False)
    assert str(raised.value) == complaint


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hours max 50", "hours_max 50"),
        ("Hours-Max = 50 profit[Side table] 3", "hours_max = 50 profit[side_table] 3"),
        ("hours 5 side table <= 3", "hours 5 side_table <= 3"),
        ("x hours max 3", "x hours_max 3"),
        ("hours many 3", "hours many 3"),
        ("steel costs 5 more", "steel costs 5 more"),
    ],
)
def test_names_are_found_however_their_words_are_joined(typed: str, meant: str) -> None:
    assert spelt(typed, words_in(INSTANCE)) == meant


def test_a_spelling_that_may_be_either_of_two_names_stays_as_it_is() -> None:
    names = ["ab_c", "a_bc", "X", "x"]

    assert spelt("a b c 1 X 2 x 3 ab_c 4", names) == "a b c 1 X 2 x 3 ab_c 4"


def test_of_nothing_there_are_no_names() -> None:
    assert list(words_in(None)) == []
    assert names_in(WORKSHOP)[-1] == "x"
