"""The organisation as it is here, from the read models: what an import of people is compared with."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from application.imports.people.present import Here, Place, Position
from application.ports.log import LogReader, LogUnavailable
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import PersonId
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.migrations import OrganisationSchema
from projections.engine.members import Declared
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

PATIENCE = 30.0
MODELS = ("Department", "Person", "Administrator", "DepartmentMembership", "Post", "PostHolding")
_DEPARTMENTS: LiteralString = "SELECT id, name, parent_id, NOT closed FROM {department}"
_PEOPLE: LiteralString = "SELECT id, number, lower(email), kind, standing, reports_to_id FROM {person}"
_MEMBERSHIPS: LiteralString = "SELECT person_id, department_id FROM {department_membership} WHERE person_id = ANY(%s)"
_POSTS: LiteralString = "SELECT id, name, department_id, NOT closed FROM {post}"
_HOLDINGS: LiteralString = "SELECT person_id, post_id FROM {post_holding} WHERE person_id = ANY(%s)"
_ADMINISTRATORS: LiteralString = "SELECT person_id FROM {administrator} WHERE department_id IS NULL"


class PostgresPresent:
    """Fulfils application.imports.people.present.Present for one organisation."""

    def __init__(
        self,
        connections: Connections,
        reader: LogReader,
        progress: Progress,
        organisation: OrganisationSchema,
        models: Mapping[str, Declared],
    ) -> None:
        self._connections, self._reader, self._progress = connections, reader, progress
        self._models = [models[name] for name in MODELS]
        self._tables = {model.placeholder: sql.Identifier(organisation.schema, model.table) for model in self._models}

    async def here(self) -> Here:
        """In one transaction, so that it is all of one moment."""
        position = await self._reader.head()
        try:
            if position:
                await self._progress.wait_for(position, self._models, PATIENCE)
            async with self._connections.connection() as connection, connection.transaction():
                await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                return await self._read(connection, position)
        except psycopg.errors.UndefinedTable:
            return Here(position, {}, {}, {}, frozenset(), frozenset(), {}, {}, frozenset())
        except (NotReached, NotRegistered, StoreUnavailable) as error:
            raise LogUnavailable(f"the read models aren't level with the log: {error}") from error
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise LogUnavailable(f"the organisation can't be read now: {error}") from error

    async def memberships(self, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[DepartmentId]]:
        """As they are in the read model now: the import looks whether anything has happened since."""
        return {person: [DepartmentId(id_) for id_ in ids] for person, ids in (await self._of(_MEMBERSHIPS, people)).items()}

    async def holdings(self, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[PostId]]:
        """As memberships."""
        return {person: [PostId(id_) for id_ in ids] for person, ids in (await self._of(_HOLDINGS, people)).items()}

    async def _of(self, text: LiteralString, people: Sequence[PersonId]) -> dict[PersonId, list[UUID]]:
        found: dict[PersonId, list[UUID]] = {}
        try:
            async with self._connections.connection() as connection:
                cursor = await connection.execute(sql.SQL(text).format(**self._tables), (list(people),))
                for person, id_ in await cursor.fetchall():
                    found.setdefault(PersonId(person), []).append(id_)
        except psycopg.errors.UndefinedTable:
            return {}
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise LogUnavailable(f"the organisation can't be read now: {error}") from error
        return found

    async def _read(self, connection: psycopg.AsyncConnection[Any], position: int) -> Here:
        async def rows(text: LiteralString) -> list[tuple[Any, ...]]:
            return await (await connection.execute(sql.SQL(text).format(**self._tables))).fetchall()

        departments = {DepartmentId(id_): Place(*rest) for id_, *rest in await rows(_DEPARTMENTS)}
        posts = {PostId(id_): Position(*rest) for id_, *rest in await rows(_POSTS)}
        administrators = frozenset(PersonId(id_) for (id_,) in await rows(_ADMINISTRATORS))
        numbers: dict[str, PersonId | None] = {}
        addresses: dict[str, PersonId | None] = {}
        managers: dict[PersonId, PersonId] = {}
        staff: set[PersonId] = set()
        left: set[PersonId] = set()
        async with connection.cursor(name="people") as cursor:
            await cursor.execute(sql.SQL(_PEOPLE).format(**self._tables))
            async for id_, number, email, kind, standing, manager in cursor:
                person = PersonId(id_)
                if number:
                    numbers[number] = None if number in numbers else person
                if email:
                    addresses[email] = None if email in addresses else person
                if manager is not None:
                    managers[person] = PersonId(UUID(int=manager.int))
                if standing == "left":
                    left.add(person)
                elif kind in ("employee", "contractor"):
                    staff.add(person)
        return Here(position, departments, numbers, addresses, frozenset(staff), administrators, managers, posts, frozenset(left))
