"""People by their e-mail addresses, as the read model of people has them."""

from collections.abc import Collection, Mapping
from typing import LiteralString

import psycopg
from psycopg import sql

from domain.kernel.identifiers import PersonId
from infra.postgres.connections import Connections

_BY_EMAIL: LiteralString = """
    SELECT lower(email), (array_agg(id))[1] FROM {people} WHERE lower(email) = ANY(%s) GROUP BY lower(email) HAVING count(*) = 1
"""


class PostgresAcquaintances:
    """Fulfils application.imports.acquaintances.Acquaintances. Where the read model isn't there yet, nobody is known."""

    def __init__(self, connections: Connections, schema: str, table: str) -> None:
        self._connections = connections
        self._statement = sql.SQL(_BY_EMAIL).format(people=sql.Identifier(schema, table))

    async def by_email(self, addresses: Collection[str]) -> Mapping[str, PersonId]:
        """Who has each of these addresses (in lower case); one that nobody or several have is absent."""
        async with self._connections.connection() as connection:
            try:
                cursor = await connection.execute(self._statement, (list(addresses),))
            except psycopg.errors.UndefinedTable:
                return {}
            return {address: PersonId(person) for address, person in await cursor.fetchall()}
