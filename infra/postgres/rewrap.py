"""Moving data keys to a new epoch, so that an old backup together with today's key file doesn't bring back a destroyed key.

1. `write(path, ring.advanced())`: the key file gets a new epoch, and processes that are started from now on wrap under it.
   Those that run still know only the earlier ones: restart them before the next step.
2. `rewrap`: every stored key is wrapped anew. It may be stopped and begun again; the application goes on meanwhile.
3. `write(path, ring.without(old))`: the old epoch's key is gone, and with it every key of that epoch in old backups.
"""

from collections.abc import Callable
from uuid import UUID

import psycopg
from psycopg import sql

from infra.crypto.wrapping import Wrapping
from infra.postgres.migrations import OrganisationSchema

BATCH = 1_000


def rewrap(
    owner: psycopg.Connection,
    organisation: OrganisationSchema,
    wrapping: Wrapping,
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Wraps every key of earlier epochs under the current one; answers how many were moved, `progress` hears of each batch.

    `owner` is an autocommit connection of the schema's owner: the application's role may not change a key. A key that is
    destroyed meanwhile stays destroyed. Raises KeyUnusable where a key can't be unwrapped; what was moved before stays so.
    """
    keys = sql.Identifier(organisation.keys)
    choose = sql.SQL(
        "SELECT k.id, k.epoch, k.wrapped FROM {}.data_keys k WHERE k.epoch < %s AND k.id > %s ORDER BY k.id LIMIT %s"
    ).format(keys)
    move = sql.SQL("SELECT {}.rewrap(%s::uuid[], %s::integer[], %s, %s::bytea[])").format(keys)
    moved, last = 0, UUID(int=0)
    while found := owner.execute(choose, (wrapping.epoch, last, batch)).fetchall():
        wrapped = [wrapping.wrap(key, wrapping.unwrap(key, epoch, old))[1] for key, epoch, old in found]
        ids, epochs = [key for key, _, _ in found], [epoch for _, epoch, _ in found]
        answer = owner.execute(move, (ids, epochs, wrapping.epoch, wrapped)).fetchone()
        moved += answer[0] if answer else 0
        last = ids[-1]
        progress(len(found))
    return moved


def by_epoch(owner: psycopg.Connection, organisation: OrganisationSchema) -> dict[int, int]:
    """How many keys are wrapped in each epoch that has any."""
    count = sql.SQL("SELECT k.epoch, count(*) FROM {}.data_keys k GROUP BY k.epoch ORDER BY k.epoch")
    return dict(owner.execute(count.format(sql.Identifier(organisation.keys))).fetchall())
