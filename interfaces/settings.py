"""The settings: from variables named ONRECORD_…, and a TOML file with the same names in lower case without the prefix.

A variable wins over the file. A value that can't be used, and a name that doesn't exist, are errors: a mistyped
ONRECORD_DATABASE_URL must not end in an embedded server that nobody meant to have.
"""

import os
import tomllib
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PREFIX = "ONRECORD_"
# Read elsewhere: the file's own name, the programs of the embedded server, the server that tests use, tracebacks on the terminal.
_NOT_SETTINGS = frozenset({"CONFIG", "POSTGRES_BIN", "TEST_DATABASE_URL", "DEBUG"})


class SettingsInvalid(Exception):
    """Settings that can't be used; one line of the text per setting, each with its name and the reason."""


def _database_url(value: str) -> str:
    if value.startswith(("postgresql://", "postgres://")) or "=" in value:
        return value
    raise ValueError("expected postgresql://user@host/database, or libpq's keywords (host=… dbname=…)")


def _redis_url(value: str) -> str:
    if urlsplit(value).scheme in ("redis", "rediss", "unix"):
        return value
    raise ValueError("expected redis://host:6379/0, rediss://… or unix:///path")


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.hostname and (parts.scheme == "https" or local) and not parts.query and not parts.fragment:
        return value
    raise ValueError("expected https://…, without query or fragment (http only for this machine)")


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment:
        return value.rstrip("/")
    raise ValueError("expected https://…, without query or fragment")


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in ("smtp", "smtps") and parts.hostname and not parts.path.strip("/"):
        return value
    raise ValueError("expected smtp://user:password@host:587 or smtps://user:password@host:465")


def _witness(value: str) -> str:
    url, _, key = value.partition(" ")
    if urlsplit(url).scheme in ("http", "https") and key.count("+") >= 2:
        return value
    raise ValueError("expected https://witness.example/ name+id+key")


def _email(value: str) -> str:
    try:
        address = Address(addr_spec=value)
    except (ValueError, IndexError, MessageError):
        address = Address()
    if address.username and address.domain:
        return value
    raise ValueError("expected name@example.com")


EmailAddress = Annotated[str, AfterValidator(_email)]


class Settings(BaseSettings):
    """Everything that can be set. Descriptions are those of the reference."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(
        None, repr=False, description="The PostgreSQL to use. Absent: an embedded one, in the data directory."
    )
    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = Field(
        None,
        repr=False,
        description="Redis or Valkey, by which several processes wake each other, count costs together and show who is here.",
    )
    cost_per_minute: int = Field(
        100_000,
        ge=0,
        le=2**40,
        description="What the operations of one person may cost in a minute: a point for each row that is asked for, and 20 for "
        "a command. 0: they aren't counted.",
    )
    documents_dir: Path | None = Field(
        None, description="The folder of registered documents. Absent: `documents` in the data directory."
    )
    only_trusted_documents: bool = Field(
        False, description="Whether only registered documents are answered; questions about the schema aren't, either."
    )
    data_dir: Path = Field(Path(".onrecord"), description="Where the embedded database, files and keys are kept.")
    host: str = Field("127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="The port to listen on.")
    key_file: Path | None = Field(
        None, description="The file with the keys that never enter the database. Absent: `keys` in the data directory."
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        None, description="The OpenID Connect issuer. It is checked, and not used in this release."
    )
    dev_issuer: bool = Field(False, description="Whether a built-in issuer makes tokens for anybody: for development only.")
    witnesses: tuple[Annotated[str, AfterValidator(_witness)], ...] = Field(
        (), description="Who cosigns the sealed history, each as its URL, a space and its key."
    )
    timestamp_url: str | None = Field(None, description="An authority that stamps a checkpoint each day (RFC 3161).")
    timestamp_roots: Path | None = Field(None, description="The certificates (PEM) that the authority's must lead to.")
    mirror: Path | None = Field(None, description="A folder that the sealed history is copied to, by organisation.")

    public_url: Annotated[str, AfterValidator(_public_url)] | None = Field(
        None, description="Where people open the platform: links in e-mails lead there. Absent: they have none."
    )
    smtp_url: Annotated[str, AfterValidator(_smtp_url)] | None = Field(
        None, repr=False, description="The mail server: smtp:// (with STARTTLS) or smtps://. Absent: no e-mail is sent."
    )
    smtp_from: EmailAddress | None = Field(None, description="The address that e-mails come from.")
    smtp_roots: Path | None = Field(
        None, description="The certificates (PEM) that the mail server's must lead to, where not public ones."
    )
    smtp_unencrypted: bool = Field(
        False, description="Whether smtp:// is spoken without STARTTLS: for a relay on this machine only."
    )
    webhooks: Literal["off", "public", "private"] = Field(
        "public", description="Whether people's webhooks are called: on the public Internet, or in private networks too."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the signature is pydantic's)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then variables, then the file that ONRECORD_CONFIG names."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=os.environ.get(f"{PREFIX}CONFIG"))
        return init_settings, env_settings, file

    @model_validator(mode="after")
    def _development_tokens_stay_on_this_machine(self) -> Self:
        if self.dev_issuer and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("dev_issuer gives a token to anybody who asks: it may be on only where host is this machine's own")
        return self

    @model_validator(mode="after")
    def _an_authority_has_certificates(self) -> Self:
        if (self.timestamp_url is None) != (self.timestamp_roots is None):
            raise ValueError("timestamp_url and timestamp_roots belong together: a stamp that nobody can check is none")
        return self

    @model_validator(mode="after")
    def _letters_have_a_sender(self) -> Self:
        if (self.smtp_url is None) != (self.smtp_from is None):
            raise ValueError("smtp_url and smtp_from belong together: a letter says whom it is from")
        return self

    @property
    def documents(self) -> Path:
        """The folder of registered documents, named or by default."""
        return self.documents_dir or self.data_dir / "documents"

    @property
    def keys(self) -> Path:
        """The file of keys, named or by default."""
        return self.key_file or self.data_dir / "keys"


def load_settings(**given: Any) -> Settings:
    """The settings of this process; arguments win over everything. Raises SettingsInvalid, which never repeats a value."""
    _refuse_unknown_variables()
    _refuse_unreadable_file()
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = (f"{_named(detail['loc'])}{_reason(detail['type'], detail['msg'])}" for detail in error.errors())
        raise SettingsInvalid("\n".join(lines)) from None


def _refuse_unknown_variables() -> None:
    known = {name.upper() for name in Settings.model_fields} | _NOT_SETTINGS
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known)
    if unknown:
        raise SettingsInvalid("\n".join(f"{name}: there is no such setting" for name in unknown))


def _refuse_unreadable_file() -> None:
    if not (name := os.environ.get(f"{PREFIX}CONFIG")):
        return
    try:
        tomllib.loads(Path(name).read_text())
    except OSError as error:
        raise SettingsInvalid(f"{PREFIX}CONFIG: {name} can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{PREFIX}CONFIG: {name} isn't TOML: {error}") from None


def _named(place: tuple[int | str, ...]) -> str:
    """The setting's name as a variable: the file's names differ by case only."""
    return f"{PREFIX}{str(place[0]).upper()}: " if place else ""


def _reason(kind: str, message: str) -> str:
    return "there is no such setting" if kind == "extra_forbidden" else message.removeprefix("Value error, ")
