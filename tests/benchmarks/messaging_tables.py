"""Tables with as many messages as are wanted, of 20,000 texts in Chinese and English whose words are as rare as words are."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random

import psycopg

from infra.postgres.projections.store import PostgresStore
from projections.engine.registry import models
from projections.engine.store import Slot
from projections.engine.tokens import tokens
from tests.benchmarks.clients import Loop
from tests.benchmarks.harness import Server
from tests.support.postgres import Database

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
    (id, kind, visibility, name, posting, inviting, pinning, calling, history, archived, opened_at, valid_from)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'group', 'private', 'Channel ' || n, 'members', 'members', 'members', 'members', 'all',
    false, now(), n FROM generate_series(1, {channels}) n;
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
SELECT md5('r' || c.id)::uuid, {count} - {unread}, now(), c.id, lpad('1', 32, '0')::uuid, NULL, {count}
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
def filled(server: Server, on: Loop, count: int, unread: int = 4_000) -> Iterator[Database]:
    """A database whose read models hold so many messages; of the last `unread` positions somebody has read nothing."""
    with ExitStack() as stack:
        database = stack.enter_context(server.scratch())
        on.run(_tables(database))
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute('CREATE TEMP TABLE texts (number int PRIMARY KEY, text text COLLATE "C", tokens text[] COLLATE "C")')
            with owner.cursor() as cursor, cursor.copy("COPY texts FROM STDIN") as copy:
                for row in texts():
                    copy.write_row(row)
            statement = FILL.format(
                **names(), channels=CHANNELS, people=PEOPLE, texts=TEXTS, count=count, unread=min(unread, count)
            )
            owner.execute(statement.encode())
            owner.execute("VACUUM (ANALYZE)")
        yield database


async def _tables(database: Database) -> list[Slot]:
    store = PostgresStore(database.application, database.organisation)
    slots = await store.prepare(list(models().values()))
    await store.close()
    return list(slots)
