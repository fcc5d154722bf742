"""Rebuilding read models of a served organisation beside the live ones, to see that the same comes of it."""

from collections.abc import Sequence

from infra.postgres.projections.swap import PostgresRebuildStore
from projections.engine.beside import Difference
from projections.engine.members import MODELS
from projections.engine.rebuild import Rebuild
from tests.support.serving import Served


async def differences(served: Served, *models: str) -> Sequence[Difference]:
    """Where a rebuild of these models gives other rows than are live: nowhere, it is to be hoped."""
    organisation = served.organisation
    chosen = [MODELS[name] for name in models]
    await served.service.queries.progress.wait_for(await organisation.log.reader.head(), chosen, 30)
    store = PostgresRebuildStore(organisation.dsn, organisation.schema)
    try:
        work = Rebuild(chosen, organisation.log.reader, organisation.codec, organisation.keys, store)
        return await work.run(lambda *_: None, compare=True)
    finally:
        await store.close()
