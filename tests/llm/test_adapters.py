"""An adapter on an embedded model, as it is named; what it says is tested where one is trained."""

import hashlib
import os
import struct
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, ModelUnavailable
from solvitur.llm import TUNED, UNTUNED, Feature, Local, catalog, connect
from solvitur.llm.adapters import BASE, TASKS, Note, check_base, read_note
from solvitur.llm.catalog import CATALOG, CatalogEntry, HubFile
from solvitur.llm.store import content_sha256, models_directory
from tests.llm.gguf_files import write_adapter, write_gguf

WHOLE = b"a whole model"


def entry(name: str, content: bytes, base: str = "") -> CatalogEntry:
    return CatalogEntry(
        name=name,
        file=f"{name}.gguf",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        licence="MIT",
        about="a few bytes",
        sources=(HubFile("us/them", f"{name}.gguf"),),
        base=base,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    content = write_adapter(tmp_path / "tuned.gguf", "steps").read_bytes()
    monkeypatch.setitem(catalog.CATALOG, "whole", entry("whole", WHOLE))
    monkeypatch.setitem(catalog.CATALOG, "tuned", entry("tuned", content, base="whole"))
    models_directory().mkdir()
    (models_directory() / "whole.gguf").write_bytes(WHOLE)
    write_adapter(models_directory() / "tuned.gguf", "steps")
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
    mine = write_adapter(folder / "mine.gguf")
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
    mine = write_adapter(folder / "mine.gguf")
    with pytest.raises(ConfigError, match="tuned has an adapter already; name its base, whole"):
        connect(f"local:tuned+{mine}")


def test_an_adapter_says_itself_what_it_learned(folder: Path) -> None:
    mine = write_adapter(folder / "mine.gguf", "code", "markdown", "elements")
    assert connect("local:tuned").features == UNTUNED | {Feature.tuned_steps}
    learned = connect(f"local:whole+{mine}").features & TUNED
    assert learned == {Feature.tuned_code, Feature.tuned_elements}
    assert connect("local:whole").features == UNTUNED


def test_an_adapter_that_others_made_says_nothing(tmp_path: Path) -> None:
    plain = write_gguf(tmp_path / "plain.gguf", **{"general.type": "adapter", "some.number": 3})
    assert read_note(plain) == Note()


@pytest.mark.parametrize("told", [{TASKS: "steps"}, {TASKS: 7}, {BASE: ["some"]}, {BASE: 7}])
def test_a_note_of_another_form_says_nothing(tmp_path: Path, told: dict[str, object]) -> None:
    assert read_note(write_gguf(tmp_path / "odd.gguf", **told)) == Note()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a text",
        b"GGUF",
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63) + b"\x01",
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62) + b"name",
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 9, 1) * 2,
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<I", 99),
    ],
)
def test_a_file_that_is_no_adapter_is_said_and_takes_no_memory(
    tmp_path: Path, content: bytes
) -> None:
    odd = tmp_path / "odd.gguf"
    odd.write_bytes(content)
    with pytest.raises(ConfigError, match=r"odd\.gguf is no adapter: it is not a whole GGUF file"):
        read_note(odd)


def test_an_adapter_is_laid_on_the_model_that_it_was_trained_on(folder: Path) -> None:
    right, other = folder / "whole.gguf", folder / "other.gguf"
    other.write_text("another model")
    told = hashlib.sha256(WHOLE).hexdigest()
    mine = write_adapter(folder / "mine.gguf", base="whole", base_sha256=told)
    check_base(mine, right)
    with pytest.raises(ConfigError, match=r"mine\.gguf was trained on whole .* is another file"):
        check_base(mine, other)
    check_base(write_adapter(folder / "silent.gguf"), other)


def test_the_stamp_of_a_verified_file_saves_reading_it(folder: Path) -> None:
    connect("local:whole")
    whole = folder / "whole.gguf"
    told = content_sha256(whole)
    assert told == hashlib.sha256(WHOLE).hexdigest()
    times = whole.stat()
    whole.write_bytes(WHOLE[::-1])
    os.utime(whole, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert content_sha256(whole) == told
    os.utime(whole, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    assert content_sha256(whole) == hashlib.sha256(WHOLE[::-1]).hexdigest()
