import os
from pathlib import Path

import platformdirs
import pytest

from solvitur.config import (
    Layer,
    Origin,
    Settings,
    available_cores,
    changed,
    config_file,
    load,
    origins,
)
from solvitur.errors import ConfigError


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in os.environ:
        if variable.startswith("SOLVITUR_"):
            monkeypatch.delenv(variable)
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: tmp_path / "home" / name)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.touch()
    monkeypatch.setenv("SOLVITUR_CONFIG", str(path))
    return path


def message_of(flags: dict[str, object] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(flags)
    return str(caught.value)


# --- values --------------------------------------------------------------------------------------


def test_without_file_variable_or_flag_the_defaults_hold() -> None:
    assert load() == Settings()


def test_the_defaults_are_the_documented_ones() -> None:
    assert Settings().model_dump() == {
        "model": "local:qwen2.5-coder-1.5b",
        "max_rounds": 3,
        "samples": 1,
        "max_cost": None,
        "time_limit": None,
        "route": "formulation",
        "sandbox": "auto",
        "threads": None,
        "cache": None,
        "sessions": None,
        "data": None,
        "record": None,
        "solver": "auto",
        "gap": 1e-6,
        "seed": 0,
        "timeout": 600,
        "attempts": 5,
    }


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_settings_built_by_hand_read_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVITUR_SOLVER", "cbc")

    assert Settings().solver == "auto"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().solver = "cbc"  # type: ignore[misc]


def test_some_cores_are_used_and_one_is_left_free() -> None:
    assert 1 <= Settings().thread_count <= max(1, (os.cpu_count() or 1) - 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux only")
def test_only_cores_that_the_process_may_use_are_counted() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})

        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_threads_that_are_set_are_used() -> None:
    assert Settings(threads=7).thread_count == 7


# --- layers --------------------------------------------------------------------------------------


def test_the_file_overrides_a_default(file: Path) -> None:
    file.write_text('model = "openai:gpt-x"\nmax_rounds = 5\ntime_limit = 30\n')

    settings = load()

    assert (settings.model, settings.max_rounds, settings.time_limit) == ("openai:gpt-x", 5, 30.0)


def test_the_environment_overrides_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("max_rounds = 5\n")
    monkeypatch.setenv("SOLVITUR_MAX_ROUNDS", "7")

    assert load().max_rounds == 7


def test_a_flag_overrides_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVITUR_MAX_ROUNDS", "7")

    assert load({"max_rounds": 9}).max_rounds == 9


def test_a_flag_that_was_not_told_overrides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVITUR_MAX_ROUNDS", "7")

    assert load({"max_rounds": None}).max_rounds == 7


def test_layers_are_merged_setting_by_setting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('solver = "cbc"\nthreads = 2\n')
    monkeypatch.setenv("SOLVITUR_THREADS", "3")

    settings = load({"timeout": 5})

    assert (settings.solver, settings.threads, settings.timeout) == ("cbc", 3, 5.0)


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVITUR_THREADS", "")
    monkeypatch.setenv("SOLVITUR_CONFIG", "")

    assert load().threads is None


def test_paths_may_start_at_home(file: Path) -> None:
    file.write_text('record = "~/calls.jsonl"\n')

    assert load().record == Path.home() / "calls.jsonl"


def test_the_file_stands_in_the_users_configuration_folder(tmp_path: Path) -> None:
    path = tmp_path / "home" / "solvitur" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('solver = "cbc"\n')

    assert config_file() == path
    assert load().solver == "cbc"


def test_a_variable_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("solvitur_solver", "cbc")

    assert load().solver == "cbc"


def test_a_key_to_a_service_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")

    assert "sk-secret" not in repr(load())


# --- origins -------------------------------------------------------------------------------------


def test_each_value_says_where_it_comes_from(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('solver = "cbc"\nmax_rounds = 5\n')
    monkeypatch.setenv("SOLVITUR_MAX_ROUNDS", "7")

    found = origins({"time_limit": 60})

    assert found["solver"] == Origin("cbc", Layer.FILE, str(file))
    assert found["max_rounds"] == Origin(7, Layer.ENVIRONMENT, "SOLVITUR_MAX_ROUNDS")
    assert found["time_limit"] == Origin(60.0, Layer.FLAG, "--time-limit")
    assert found["threads"] == Origin(None, Layer.DEFAULT, "")


def test_origins_and_settings_agree(file: Path) -> None:
    file.write_text('cache = "~/models"\n')

    assert {name: origin.value for name, origin in origins().items()} == load().model_dump()


# --- errors --------------------------------------------------------------------------------------


def test_an_unknown_name_in_the_file_is_refused_with_the_nearest_one(file: Path) -> None:
    file.write_text("max_round = 5\n")

    assert message_of() == f"{file}: there is no setting 'max_round'; did you mean 'max_rounds'?"


def test_a_hyphen_in_the_file_is_refused_with_the_nearest_name(file: Path) -> None:
    file.write_text("time-limit = 5\n")

    assert "did you mean 'time_limit'?" in message_of()


def test_a_name_near_to_none_is_refused_with_all_there_are(file: Path) -> None:
    file.write_text("[llm]\ncolour = 1\n")

    assert "'llm'; there are: model, max_rounds, samples" in message_of()


def test_a_secret_in_the_file_is_refused_without_showing_it(file: Path) -> None:
    file.write_text('OPENAI_API_KEY = "sk-secret"\n')

    message = message_of()

    assert "keys and passwords are no settings" in message
    assert "sk-secret" not in message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("max_rounds = 21", "max_rounds = 21: should be less than or equal to 20"),
        ("max_rounds = 2.5", "max_rounds = 2.5: should be a valid integer"),
        ('max_rounds = "3"', "max_rounds = '3' is text; write a number without quotes"),
        ("max_rounds = true", "max_rounds = True: a truth value does not fit"),
        ("time_limit = 0", "time_limit = 0: should be greater than 0"),
        ("timeout = inf", "timeout = inf: should be a finite number"),
        ("max_cost = -1", "max_cost = -1: should be greater than or equal to 0"),
        ("model = 4", "model = 4: should be a valid string"),
        ('solver = ""', "solver = '': String should have at least 1 character"),
        ("cache = [1]", "cache = [1]: is not a valid path"),
        ("threads = 2024-01-01", "threads = datetime.date(2024, 1, 1): should be a valid integer"),
    ],
)
def test_a_wrong_value_in_the_file_is_refused_with_file_and_name(
    file: Path, line: str, expected: str
) -> None:
    file.write_text(line)

    assert message_of().startswith(f"{file}: {expected}")


def test_a_wrong_value_is_refused_with_what_is_allowed(file: Path) -> None:
    file.write_text("max_rounds = 0")

    assert "max_rounds: How often a formulation is proposed or repaired" in message_of()
    assert "1 to 20" in message_of()


def test_every_wrong_value_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("max_rounds = 0\n")
    monkeypatch.setenv("SOLVITUR_THREADS", "many")

    first, second = message_of().splitlines()

    assert first.startswith(f"{file}: max_rounds = 0")
    assert second.startswith("SOLVITUR_THREADS: 'many': should be a valid integer")


def test_a_wrong_value_that_a_later_layer_overrides_does_no_harm(file: Path) -> None:
    file.write_text("max_rounds = 99\n")

    assert load({"max_rounds": 2}).max_rounds == 2


def test_a_wrong_flag_is_refused_by_its_name() -> None:
    assert message_of({"time_limit": -1}).startswith("--time-limit: -1: should be greater than 0")


def test_an_unknown_flag_is_refused() -> None:
    assert message_of({"max_tries": 1}).startswith("flags: there is no setting --max-tries")


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("SOLVITUR_MODLE", "SOLVITUR_MODEL"),
        ("SOLVITUR_MAXROUNDS", "SOLVITUR_MAX_ROUNDS"),
        ("SOLVITUR_CONFG", "SOLVITUR_CONFIG"),
    ],
)
def test_a_variable_that_looks_misspelt_is_refused(
    variable: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "x")

    assert message_of() == f"there is no variable {variable}; did you mean {meant}?"


def test_a_variable_that_looks_like_no_setting_is_left_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOLVITUR_TEST_DATA", "x")

    assert load() == Settings()


@pytest.mark.parametrize(
    "content", [b"max_rounds = ", b"\xff\xfe", b"a = 1\na = 2", b"x = " + b"[" * 100_000]
)
def test_a_file_that_is_no_toml_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert message_of().startswith(f"{file} is not a TOML file: ")


def test_a_file_that_was_named_must_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOLVITUR_CONFIG", str(tmp_path / "none.toml"))

    assert message_of() == f"SOLVITUR_CONFIG names {tmp_path / 'none.toml'}, which is not a file"


def test_a_folder_in_the_place_of_the_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOLVITUR_CONFIG", str(tmp_path))

    assert message_of() == f"SOLVITUR_CONFIG names {tmp_path}, which is not a file"


# --- changed -------------------------------------------------------------------------------------


def test_settings_are_changed_by_name_and_the_others_stay() -> None:
    before = Settings(seed=7)

    after = changed(before, {"time_limit": "60", "gap": 0.01})

    assert after == before.model_copy(update={"time_limit": 60.0, "gap": 0.01})
    assert changed(after, {"time_limit": None}).time_limit is None


def test_a_setting_that_cannot_be_changed_so_says_why() -> None:
    with pytest.raises(ConfigError, match=r"^time_limit: '-1': should be greater than 0") as raised:
        changed(Settings(), {"time_limit": "-1"})
    assert "Seconds for one problem" in str(raised.value)
