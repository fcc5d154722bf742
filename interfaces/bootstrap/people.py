"""Finding somebody of an organisation by what an operator knows of them."""

from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from infra.postgres.access import Access, connect_as_owner
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.roles import become_application
from projections.engine.registry import models

_FIND = """
SELECT id, name FROM {people} WHERE id::text = %(said)s OR name = %(said)s
UNION ALL
SELECT id, name FROM {people} WHERE strpos(lower(name), lower(%(said)s)) > 0 AND name <> %(said)s
ORDER BY name LIMIT 20
"""


class SomebodyFound(NamedTuple):
    """A person's id and name."""

    id: UUID
    name: str | None


def find_people(access: Access, organisation: str, said: str) -> list[SomebodyFound]:
    """Those whose id or name this is; else those in whose name it occurs, at most twenty. Raises DatabaseUnusable.

    Asked of the read model of people: where it isn't there yet, nobody is found.
    """
    people = sql.Identifier(OrganisationSchema(organisation).schema, models()["Person"].table)
    with connect_as_owner(access.application) as connection:
        become_application(connection)
        try:
            cursor = connection.cursor(row_factory=class_row(SomebodyFound))
            found = cursor.execute(sql.SQL(_FIND).format(people=people), {"said": said}).fetchall()
        except psycopg.errors.UndefinedTable:
            return []
    exact = [one for one in found if said in (one.name, str(one.id))]
    return exact or found
