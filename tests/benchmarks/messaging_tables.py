"""Tables with as many messages as are wanted, of 20,000 texts in Chinese and English whose words are as rare as words are.

A million take minutes to make, so they are kept in build/ for the next figure and the next run, for as long as they would be made
the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from inspect import getsource
from random import Random

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.postgres.access import EMBEDDED_LOGIN, Access, connect_as_owner
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrations import fingerprint
from infra.postgres.projections import tables
from infra.postgres.projections.store import PostgresStore
from projections.engine.registry import models
from projections.engine.store import Slot
from projections.engine.tokens import tokens
from tests.benchmarks.clients import Loop
from tests.benchmarks.harness import BUILD, Server
from tests.support.postgres import ORGANISATION, Database

CHANNELS, PEOPLE, TEXTS = 200, 200, 20_000
CHARACTERS = [chr(0x4E00 + 7 * n) for n in range(2_000)]
WORDS = [a + b for a in ("re", "in", "un", "ex", "con", "de", "pro") for b in ("port", "form", "tend", "duct", "cess", "vise")]
COMMON, FREQUENT, RARE = "上海", "虹桥", "钢铁"
"""Terms of two characters: in a tenth of the texts, in a hundredth, and in one text of 20,000."""
FILL = """
INSERT INTO {person} (id, kind, name, standing, joined_at, valid_from)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'employee', 'Person ' || n || ' 李', 'active', now(), n
FROM generate_series(1, {people}) n;
INSERT INTO {channel}
    (id, kind, visibility, name, posting, inviting, pinning, calling, history, archived, slow_mode, opened_at, valid_from)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'group', 'private', 'Channel ' || n, 'members', 'members', 'members', 'members', 'all',
    false, 0, now(), n FROM generate_series(1, {channels}) n;
INSERT INTO {channel_membership} (id, role, since, channel_id, person_id, valid_from)
SELECT md5('m' || c || ' ' || p)::uuid, 'member', timestamptz '2026-01-01', lpad(to_hex(c), 32, '0')::uuid,
    lpad(to_hex(p), 32, '0')::uuid, 1 FROM generate_series(1, {channels}) c, generate_series(1, {people}) p;
INSERT INTO {channel_stint} (id, since, membership_id, channel_id, person_id, valid_from)
SELECT id, 1, id, channel_id, person_id, 1 FROM {channel_membership};
INSERT INTO {message}
    (id, position, sent_at, text, text_tokens, retracted, also_in_channel, history, worded_at, channel_id, author_id, valid_from)
SELECT md5(n::text)::uuid, n, timestamptz '2026-01-01' + n * interval '1 second', t.text, t.tokens, false, false, 'all', n,
    lpad(to_hex(1 + n % {channels}), 32, '0')::uuid, lpad(to_hex(1 + (n / 7) % {people}), 32, '0')::uuid, n
FROM generate_series(1, {count}) n JOIN texts t ON t.number = (n * 7919::bigint) % {texts};
INSERT INTO {read_mark} (id, upto, read_at, channel_id, person_id, message_id, valid_from)
SELECT md5('r' || c.id)::uuid, {count} - {left}, now(), c.id, lpad('1', 32, '0')::uuid, NULL, {count}
FROM {channel} c;
"""


def names() -> dict[str, str]:
    """The tables of the read models, by what declared SQL calls them."""
    return {model.placeholder: f"org_main.{model.table}" for model in models().values()}


def texts() -> Iterator[tuple[int, str, list[str]]]:
    """Each with its number and tokens."""
    chance = Random(11)
    for number in range(TEXTS):
        length = chance.randint(6, 30)
        parts = ["".join(CHARACTERS[int(chance.random() ** 3 * len(CHARACTERS))] for _ in range(length))]
        parts += [chance.choice(WORDS) for _ in range(chance.randint(0, 6))]
        parts += [COMMON] * (number % 10 == 0) + [FREQUENT] * (number % 100 == 0) + [RARE] * (number == 0)
        chance.shuffle(parts)
        text = " ".join(parts)
        yield number, text, tokens(text)


@contextmanager
def filled(on: Loop, count: int, unread: int = 4_000) -> Iterator[Database]:
    """A database whose read models hold so many messages; of the last `unread` positions somebody has read nothing."""
    with EmbeddedPostgres(BUILD / "messages") as embedded:
        conninfo = embedded.start()
        server, name = Server(conninfo), f"messages_{count}_{unread}_{_digest()}"
        with connect_as_owner(conninfo) as owner:
            owner.execute("SELECT pg_advisory_lock(1)")  # two runs at once fill it once
            kept = [found for (found,) in owner.execute("SELECT datname FROM pg_database WHERE datname ~ '^(messages|bench)_'")]
            if name not in kept:
                for other in kept:
                    if not other.endswith(_digest()):
                        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(other)))
                made = server.database()
                _fill(on, made, count, min(unread, count))
                owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(made.name), sql.Identifier(name)))
        access = Access(make_conninfo(conninfo, dbname=name), make_conninfo(conninfo, dbname=name, user=EMBEDDED_LOGIN))
        yield Database(name, access, conninfo)


def _digest() -> str:
    """Changes with whatever the tables follow from."""
    slots = [(tables.shape(model), *tables.indexes("", model, model.table)) for model in models().values() if model.view is None]
    made = (fingerprint(), slots, FILL, getsource(texts), getsource(tokens), CHANNELS, PEOPLE, TEXTS)
    return sha256(repr(made).encode()).hexdigest()[:12]


def _fill(on: Loop, database: Database, count: int, unread: int) -> None:
    on.run(_tables(database))
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute('CREATE TEMP TABLE texts (number int PRIMARY KEY, text text COLLATE "C", tokens text[] COLLATE "C")')
        with owner.cursor() as cursor, cursor.copy("COPY texts FROM STDIN") as copy:
            for row in texts():
                copy.write_row(row)
        owner.execute("ANALYZE texts")
        indexes = _without_indexes(owner, models()["Message"].table)
        owner.execute(FILL.format(**names(), channels=CHANNELS, people=PEOPLE, texts=TEXTS, count=count, left=unread).encode())
        owner.execute("SET maintenance_work_mem = '1GB'")
        for index in indexes:
            owner.execute(index.encode())
        owner.execute("VACUUM (ANALYZE)")


def _without_indexes(owner: psycopg.Connection, table: str) -> list[str]:
    """Drops the indexes of a table but its key, which fill one by one far slower than at once; how to make them again."""
    found = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s AND indexname NOT LIKE '%%\\_pkey'",
        (f"org_{ORGANISATION}", table),
    ).fetchall()
    for name, _ in found:
        owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(f"org_{ORGANISATION}", name)))
    return [definition for _, definition in found]


async def _tables(database: Database) -> list[Slot]:
    store = PostgresStore(database.application, database.organisation)
    slots = await store.prepare(list(models().values()))
    await store.close()
    return list(slots)
