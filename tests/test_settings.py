"""Settings: variables before the file, defaults last; what can't be used is named, never repeated."""

from pathlib import Path

import pytest

from interfaces.settings import Settings, SettingsInvalid, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(clean_environment: None) -> None:
    """Whatever the terminal has set."""


def test_without_anything_set_it_is_a_laptop() -> None:
    settings = load_settings()
    assert settings.database_url is None
    assert (settings.data_dir, settings.port, settings.dev_issuer) == (Path(".onrecord"), 8000, False)
    assert settings.keys == Path(".onrecord/keys")


def test_a_variable_wins_over_the_file_and_an_argument_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "onrecord.toml"
    file.write_text('port = 8001\ndata_dir = "/srv/onrecord"\nredis_url = "redis://cache:6379/0"\n')
    monkeypatch.setenv("ONRECORD_CONFIG", str(file))
    monkeypatch.setenv("ONRECORD_PORT", "8002")
    settings = load_settings(redis_url="unix:///run/valkey")
    assert (settings.data_dir, settings.port, settings.redis_url) == (Path("/srv/onrecord"), 8002, "unix:///run/valkey")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ONRECORD_DATABASE_URL", "mysql://secret@host/db"),
        ("ONRECORD_REDIS_URL", "http://secret@host"),
        ("ONRECORD_PORT", "0"),
        ("ONRECORD_PORT", "secret"),
        ("ONRECORD_OIDC_ISSUER", "http://secret.example"),
        ("ONRECORD_OIDC_ISSUER", "https://id.example?secret"),
        ("ONRECORD_DEV_ISSUER", "secret"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_repeated(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{variable}: ")
    assert "secret" not in str(refused.value)


def test_all_faults_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PORT", "none")
    monkeypatch.setenv("ONRECORD_REDIS_URL", "none")
    with pytest.raises(SettingsInvalid) as refused:
        load_settings()
    assert {line.partition(":")[0] for line in str(refused.value).splitlines()} == {"ONRECORD_PORT", "ONRECORD_REDIS_URL"}


def test_a_mistyped_variable_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_DATABSE_URL", "postgresql://host/db")
    with pytest.raises(SettingsInvalid, match="ONRECORD_DATABSE_URL: there is no such setting"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("databse_url = 'x'", "ONRECORD_DATABSE_URL: there is no such setting"),
        ("port = ", "ONRECORD_CONFIG: .* isn't TOML"),
        ("port = 'x'", "ONRECORD_PORT: "),
    ],
)
def test_faults_of_the_file_are_named(text: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "onrecord.toml"
    file.write_text(text)
    monkeypatch.setenv("ONRECORD_CONFIG", str(file))
    with pytest.raises(SettingsInvalid, match=fault):
        load_settings()


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CONFIG", "/nowhere/onrecord.toml")
    with pytest.raises(SettingsInvalid, match=r"ONRECORD_CONFIG: /nowhere/onrecord\.toml can't be read"):
        load_settings()


def test_development_tokens_are_given_to_this_machine_only() -> None:
    with pytest.raises(SettingsInvalid, match="dev_issuer"):
        load_settings(dev_issuer=True, host="0.0.0.0")  # noqa: S104 (refused, which is the point)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"timestamp_url": "https://tsa.example"}, "timestamp_roots"),
        ({"witnesses": ["https://witness.example"]}, "ONRECORD_WITNESSES: expected https"),
        ({"witnesses": ["witness.example name+id+key"]}, "ONRECORD_WITNESSES: expected https"),
    ],
)
def test_faults_of_the_ledger_s_settings_are_named(given: dict[str, object], fault: str) -> None:
    with pytest.raises(SettingsInvalid, match=fault):
        load_settings(**given)


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(load_settings(database_url="postgresql://u:secret@host/db"))


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
