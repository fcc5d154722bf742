"""What scenarios through the API have in common."""

from typing import Any

from psycopg.rows import dict_row

from infra.postgres.projections.swap import PostgresRebuildStore
from projections.engine.members import Declared
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from tests.support.serving import Client, Served


async def opened(owner: Client, *members: Client, visibility: str = "PRIVATE", name: str = "Design") -> str:
    """A channel with these members; its id."""
    made = await owner.done("openChannel", "position channel { id }", name=name, visibility=visibility)
    for member in members:
        await owner.done("addMember", channel=made["channel"]["id"], person=member.id)
    channel: str = made["channel"]["id"]
    return channel


async def said(who: Client, channel: str, text: str, **more: Any) -> str:
    """Something said in it; its id."""
    done = await who.done("postMessage", "message { id }", channel=channel, text=text, **more)
    message: str = done["message"]["id"]
    return message


async def level(served: Served) -> int:
    """Waits until every read model shows what has happened so far; the position."""
    head = int(await served.head())
    await served.service.queries.progress.wait_for(head, list(models().values()), 30)
    return head


def of_messaging() -> list[Declared]:
    """The read models of messaging that have a table."""
    return [model for model in models().values() if model.context == "messaging" and model.view is None]


async def rows(served: Served) -> dict[str, list[dict[str, Any]]]:
    """All rows of messaging's read models, and what they were before."""
    found = {}
    async with served.organisation.connections.connection() as connection:
        for model in of_messaging():
            for table in (model.table, f"{model.table}_history") if model.history else (model.table,):
                cursor = connection.cursor(row_factory=dict_row)
                await cursor.execute(
                    f'select * from "{served.organisation.schema.schema}"."{table}" order by id, valid_from'.encode()
                )
                found[table] = await cursor.fetchall()
    return found


async def same_after_rebuild(served: Served) -> None:
    """Fills messaging's tables anew from the first event, and compares."""
    await level(served)
    before, organisation = await rows(served), served.organisation
    store = PostgresRebuildStore(organisation.dsn, organisation.schema)
    await Rebuild(of_messaging(), organisation.log.reader, organisation.codec, organisation.keys, store).run(lambda *_: None)
    await store.close()
    assert await rows(served) == before
