"""An adapter on an embedded model, as it is named; what it says is tested where one is trained."""

import hashlib
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, ModelUnavailable
from solvitur.llm import Local, catalog, connect
from solvitur.llm.catalog import CATALOG, CatalogEntry, HubFile
from solvitur.llm.store import models_directory


def entry(name: str, base: str = "") -> CatalogEntry:
    return CatalogEntry(
        name=name,
        file=f"{name}.gguf",
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        size=len(name),
        licence="MIT",
        about="a few bytes",
        sources=(HubFile("us/them", f"{name}.gguf"),),
        base=base,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    monkeypatch.setitem(catalog.CATALOG, "whole", entry("whole"))
    monkeypatch.setitem(catalog.CATALOG, "tuned", entry("tuned", base="whole"))
    models_directory().mkdir()
    for name in ("whole", "tuned"):
        (models_directory() / f"{name}.gguf").write_text(name)
    return models_directory()


def files(name: str) -> tuple[Path, Path | None]:
    model = connect(name)
    assert isinstance(model, Local)
    assert model.name == name
    return model._path, model._adapter


def test_an_entry_with_a_base_is_laid_on_it(folder: Path) -> None:
    assert files("local:tuned") == (folder / "whole.gguf", folder / "tuned.gguf")
    assert files("local:whole") == (folder / "whole.gguf", None)


def test_an_adapter_of_ones_own_is_named_after_its_base(folder: Path) -> None:
    mine = folder / "mine.gguf"
    mine.touch()
    assert files(f"local:whole+{mine}") == (folder / "whole.gguf", mine)
    assert files(f"local:{folder / 'whole.gguf'}+{mine}") == (folder / "whole.gguf", mine)


def test_a_plus_in_the_name_of_a_file_is_part_of_it(folder: Path) -> None:
    odd = folder / "a+b.gguf"
    odd.touch()
    assert files(f"local:{odd}") == (odd, None)


def test_an_adapter_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no adapter at gone\.gguf"):
        connect("local:whole+gone.gguf")


def test_an_adapter_without_its_base_says_what_to_fetch(folder: Path) -> None:
    (folder / "whole.gguf").unlink()
    with pytest.raises(ModelUnavailable, match="fetch it with: solvitur models pull whole"):
        connect("local:tuned")


def test_the_base_of_every_adapter_in_the_catalog_is_there_and_stands_alone() -> None:
    bases = [CATALOG[each.base] for each in CATALOG.values() if each.base]
    assert not any(each.base for each in bases)


def test_two_adapters_are_one_too_many(folder: Path) -> None:
    mine = folder / "mine.gguf"
    mine.touch()
    with pytest.raises(ConfigError, match="tuned has an adapter already; name its base, whole"):
        connect(f"local:tuned+{mine}")
