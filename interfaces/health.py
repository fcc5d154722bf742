"""Whether everything that the server needs is there."""

import asyncio
from collections.abc import Iterator
from typing import Literal, NamedTuple

from interfaces.bootstrap import EXPECTED, examine_database, reaches_redis
from interfaces.bootstrap.mail import mailer
from interfaces.settings import Settings


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    state: Literal["good", "failed", "unused"]
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything; an embedded database is started for it, but nothing is made."""
    return [*_database(settings), _redis(settings), _mail(settings)]


def _database(settings: Settings) -> Iterator[Finding]:
    kind = f"embedded, in {settings.data_dir}" if settings.database_url is None else "ONRECORD_DATABASE_URL"
    try:
        found = examine_database(settings)
    except EXPECTED as error:
        yield Finding("database", "failed", f"{kind}: {error}")
        return
    yield Finding("database", "good", f"{kind}: PostgreSQL {found.server}")
    yield Finding("schema", "good", "up to date")
    if found.organisations:
        yield Finding("organisations", "good", ", ".join(found.organisations))
    else:
        yield Finding("organisations", "failed", "none; `onrecord migrate` makes one")


def _mail(settings: Settings) -> Finding:
    found = mailer(settings)
    if found is None:
        return Finding("mail", "unused", "no e-mail is sent")
    wrong = asyncio.run(found.reachable())
    return Finding("mail", "failed", wrong) if wrong else Finding("mail", "good", "takes letters from us")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("redis", "unused", "each process counts for itself")
    if reaches_redis(settings.redis_url):
        return Finding("redis", "good", "answers")
    return Finding("redis", "failed", "doesn't answer; until it does, each process counts for itself")
