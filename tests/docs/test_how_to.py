"""The guides for operators: an installation by the book, and every error and metric by its name."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

import interfaces.graphql.refusals as at_the_edge
from application.imports.errors import ImportRefused
from application.ports import codec, keys, log, reading
from application.ports.ledger import SealingRefused
from domain.kernel.refusals import Refusal
from infra.ledger.errors import LedgerError
from infra.ledger.sealing.refusals import SealRefused
from infra.postgres.embedded import THROWAWAY, EmbeddedPostgres
from infra.postgres.embedded.locks import LockTimeout
from interfaces.bootstrap.database import EXPECTED
from interfaces.bootstrap.projections import PROJECTION_ERRORS
from projections.engine import division, fold, quarantine, rebuild, store
from tests.docs.pages import DOCS, PROJECT, blocks
from tests.docs.terminals import Terminals, terminals

PRODUCTION, TROUBLE = DOCS / "how-to" / "run-in-production.md", DOCS / "how-to" / "troubleshooting.md"
SOURCES = [file for part in ("application", "projections", "interfaces", "infra") for file in (PROJECT / part).rglob("*.py")]
INNER = {Exception, LedgerError, SealingRefused, SealRefused, keys.BoxDamaged, LockTimeout, division.NotLocal}
INNER |= {store.Unforeseen, store.Refused}
"""Those that become another error before anybody sees them, and the common names of those that are told one by one."""


def kinds_of(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for each in error.__subclasses__():
        yield from kinds_of(each)


def errors_of(module: ModuleType) -> Iterator[type[Exception]]:
    yield from (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Exception))


def test_every_error_that_an_operator_can_see_is_told() -> None:
    raised = [each for module in (codec, keys, log, reading, store, fold, quarantine, rebuild) for each in errors_of(module)]
    bases: list[type[Exception]] = [ImportRefused, *EXPECTED, *PROJECTION_ERRORS, *raised]
    shown = {each for base in bases for each in kinds_of(base)}
    ours = {each.__name__ for each in shown - INNER}
    edge = {name for name, each in vars(at_the_edge).items() if isinstance(each, type) and issubclass(each, Refusal)}
    named = set(re.findall(r"`([A-Z]\w+)`", TROUBLE.read_text()))
    assert not sorted((ours | edge) - named - {"Refusal"})


def test_every_error_that_is_told_exists() -> None:
    texts = "\n".join(file.read_text() for file in [*SOURCES, *(PROJECT / "domain").rglob("*.py")])
    for name in set(re.findall(r"^\| `([A-Z]\w+)`", TROUBLE.read_text(), re.MULTILINE)) - {"FAULT"}:
        assert re.search(rf'class {name}\b|"{name}"', texts), name
    for code in re.findall(r"`([A-Z]+_?[A-Z]+)`", TROUBLE.read_text()):
        assert f'"{code}"' in texts, code


def test_every_metric_that_is_told_exists() -> None:
    texts = "\n".join(file.read_text() for file in SOURCES)
    told = set(re.findall(r"`onrecord_(\w+?)(?:_total)?`", PRODUCTION.read_text() + TROUBLE.read_text()))
    told -= {"app", "api", "owner"}
    assert len(told) > 5
    for name in told:
        assert f'"{name}"' in texts or f'"onrecord_{name}"' in texts, name


@pytest.mark.timeout(600)
def test_an_installation_by_the_book(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "server", THROWAWAY)
    superuser = server.start()
    try:
        with terminals(tmp_path) as here:
            _install(here, superuser)
    finally:
        server.stop()


def _install(here: Terminals, superuser: str) -> None:
    parts = conninfo_to_dict(superuser)
    ports = free_ports(2)
    meant = {
        "/etc/onrecord": str(here.folder / "etc"),
        "/var/lib/onrecord": str(here.folder / "var"),
        "/var/backups": str(here.folder),
        ":8000": f":{ports[0]}",
        "onrecord up\n": f"onrecord up --port {ports[0]}\n",
        "8001": str(ports[1]),
        "@db/onrecord": f"@/onrecord?host={parts['host']}",
        "@db/restored": f"@/restored?host={parts['host']}",
    }
    for block in blocks(PRODUCTION):
        text = block.text
        for written, here_it_is in meant.items():
            text = text.replace(written, here_it_is)
        match block.language:
            case "sh" if block.mark in ("", "follow"):
                here.type(block._replace(text=text), until_it_says="READY" if "onrecord up" in text else None)
            case "text":
                here.expect(block)
            case "toml":
                (here.folder / "etc").mkdir()
                (here.folder / "etc" / "onrecord.toml").write_text(text)
            case "sql":
                with psycopg.connect(superuser, autocommit=True) as administrator:
                    for statement in text.split(";\n"):
                        administrator.execute(statement.encode())
            case _:
                pass


def free_ports(number: int) -> list[int]:
    found = [socket.socket() for _ in range(number)]
    try:
        for each in found:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in found]
    finally:
        for each in found:
            each.close()
