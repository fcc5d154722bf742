"""The migrations that this release brings: numbered .sql files, applied in order, never changed once released."""

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from infra.postgres.migrations.organisations import OrganisationSchema

_HERE = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


@dataclass(frozen=True)
class Migration:
    """One file. Its digest is of the file's text, before names are filled in."""

    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def sql_for(self, organisation: OrganisationSchema) -> str:
        """The text with the organisation's names in the places of `{schema}`, `{schema:literal}` and `{keys}`."""
        return (
            self.text.replace("{schema:literal}", organisation.literal)
            .replace("{schema}", organisation.quoted)
            .replace("{keys}", organisation.quoted_keys)
        )


BOOTSTRAP = (_HERE / "bootstrap.sql").read_text()
"""What must be there before anything can be recorded; changes nothing where it is."""


def registry_migrations() -> tuple[Migration, ...]:
    """Those of the schema that all organisations share."""
    return _read(_HERE / "registry")


def organisation_migrations() -> tuple[Migration, ...]:
    """Those that are applied to the schema of each organisation."""
    return _read(_HERE / "organisation")


def fingerprint() -> str:
    """Twelve hexadecimal digits that change with any migration."""
    digests = [BOOTSTRAP, *(migration.digest for migration in registry_migrations() + organisation_migrations())]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:12]


@functools.cache
def _read(folder: Path) -> tuple[Migration, ...]:
    migrations = []
    for expected, path in enumerate(sorted(folder.glob("*.sql")), start=1):
        parts = _NAME.fullmatch(path.name)
        if not parts or int(parts[1]) != expected:
            raise ValueError(f"{path}: expected a file named {expected:04}_what_it_does.sql")
        migrations.append(Migration(expected, parts[2], path.read_text()))
    return tuple(migrations)
