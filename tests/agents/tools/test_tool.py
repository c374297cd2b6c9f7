"""The arguments of a tool, as a client sends them."""

import pytest

from solvitur.agents.tools import Explain, read
from solvitur.errors import ConfigError


def test_an_argument_of_another_kind_is_told_in_words_of_json() -> None:
    with pytest.raises(ConfigError) as failure:
        read(Explain(), {"formulation": "## Variables:\n- `x`", "what_if": "flour=40"})
    assert "'what_if': Input should be an object" in str(failure.value)
