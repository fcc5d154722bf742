"""Tables of read models filled by SQL alone, as the follower would have left them, and a log as long as they say."""

from collections.abc import Iterator

from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.layout import Layout
from projections.engine.members import Column
from projections.engine.registry import models

PEOPLE, CHANNELS = 200, 101
CHANGED = 20
"""Every so manieth message was edited once, by the last tenth of history."""
DEFAULTS = {"boolean": "false", "integer": "0", "bigint": "0", "uuid": "gen_random_uuid()", "timestamptz": "now()"}
ID = "lpad(to_hex({}), 32, '0')::uuid"
MESSAGE = "'Message ' || n || ': the second batch leaves 上海 on Friday, please confirm the quantities today.'"


def statements(schema: OrganisationSchema, count: int) -> Iterator[str]:
    """A tenth of `count` messages is in the channel that is asked for; the others are in a hundred more."""
    number = ID.format("n")
    yield insert(schema, "Person", f"generate_series(1, {PEOPLE}) n", id=number, kind="'employee'", standing="'active'",
                  name="'Person ' || n || ' 李'", valid_from="n")  # fmt: skip
    yield insert(schema, "Channel", f"generate_series(1, {CHANNELS}) n", id=number, kind="'group'", visibility="'private'",
                  name="'Channel ' || n", history="'all'", valid_from="n")  # fmt: skip
    members = f"generate_series(1, {CHANNELS}) c, generate_series(1, {PEOPLE}) p"
    yield insert(schema, "ChannelMembership", members, role="'member'", channel_id=ID.format("c"), person_id=ID.format("p"),
                  valid_from="1")  # fmt: skip
    edited = f"n % {CHANGED} = 0"
    changed_at = f"(n + ({count} - n) * 9 / 10 + 1)"
    said = {
        "id": number, "position": "n", "worded_at": "n", "sent_at": "timestamptz '2026-01-01' + n * interval '1 second'",
        "channel_id": ID.format("CASE WHEN n % 10 = 0 THEN 1 ELSE 2 + n % 100 END"), "author_id": ID.format(f"1 + n % {PEOPLE}"),
        "history": "'all'",
    }  # fmt: skip
    messages = f"generate_series(1, {count}) n"
    yield insert(schema, "Message", messages, **said, text=MESSAGE, valid_from=f"CASE WHEN {edited} THEN {changed_at} ELSE n END")
    yield insert(schema, "Message", f"{messages} WHERE {edited}", **said, text=f"'Earlier: ' || {MESSAGE}", valid_from="n",
                  valid_to=changed_at)  # fmt: skip
    yield (
        f"INSERT INTO {schema.schema}.events (format, position, recorded_at, effective_at, event_id, stream, stream_version,"
        " type, context, payload, salt) SELECT 1, n, t, t, gen_random_uuid(), 'bench.thing/' || n, 1, 'bench.thing_happened.v1',"
        " '{}', '{}', decode(repeat('00', 16), 'hex') FROM (SELECT n, timestamptz '2026-01-01' + n * interval '1 second' t"
        f" FROM generate_series(1, {count}) n) numbered"
    )
    yield f"UPDATE {schema.schema}.projections SET position = {count}"


def table(schema: OrganisationSchema, model: str) -> str:
    """The table of a read model's rows."""
    return f"{schema.schema}.{models()[model].table}"


def insert(schema: OrganisationSchema, model: str, source: str, **given: str) -> str:
    """An INSERT … SELECT; what must have a value and isn't given has a plain one. With `valid_to` it goes to the history."""
    declared = models()[model]
    past = "_history" if "valid_to" in given else ""
    for cell in Layout(declared).cells:
        if not cell.nullable and cell.name not in given:
            column = declared.members.get(cell.name)
            choices = column.type.choices if isinstance(column, Column) else ()
            given[cell.name] = f"'{choices[0]}'" if choices else DEFAULTS.get(cell.type, "''")
    columns = ", ".join(f'"{name}"' for name in given)
    return f'INSERT INTO {schema.schema}."{declared.table}{past}" ({columns}) SELECT {", ".join(given.values())} FROM {source}'
