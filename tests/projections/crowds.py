"""A set for tests: rows of several models make several rows for a key, and move from one key to another.

A department's crowd: everybody of it, each with how many channels it has; nobody while it has none.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import md5
from uuid import UUID

import pytest

from projections.directory.department import Department
from projections.directory.department_membership import DepartmentMembership
from projections.directory.person import Person
from projections.engine.fields import To, column, many, one
from projections.engine.members import MODELS, Declared
from projections.engine.model import Model
from projections.engine.reading import LISTS
from projections.engine.registry import finish, models
from projections.engine.sets import per
from projections.messaging.channel import Channel
from tests.projections.plain_sets import SETS, Told, Touching

CROWDS = """
    select md5({key}::text || m.id::text)::uuid as id, m.since, c.channels, m.person_id
    from {department_membership} m cross join (
        select count(*)::integer as channels from {channel} c where not c.archived
    ) c
    where c.channels > 0
"""
SOURCES = {Channel: "{this}.department_id", DepartmentMembership: "{this}.department_id"}


@contextmanager
def crowds(sql: str = CROWDS, version: int = 1) -> Iterator[Declared]:
    """Declares it, for as long as the block."""
    models()
    lists = dict(Department.declared.members)

    class Crowd(Model, visible="department", derived=per("department", sql, of=SOURCES), version=version):
        """Somebody of a department with channels."""

        since: datetime = column("Since when.", order=True)
        channels: int = column("How many channels the department has that aren't archived.")
        department: To[Department] = one("Which.", inverse=many("crowd", "Everybody of it.", order="since"))
        person: To[Person] = one("Who.")

    def rows(department: UUID, found: Touching) -> Iterable[Crowd]:
        channels = sum(not each.archived for each in found["Channel"])
        for each in found["DepartmentMembership"] if channels else ():
            id_ = UUID(md5(f"{department}{each.id}".encode(), usedforsecurity=False).hexdigest())
            yield Crowd(id=id_, since=each.since, channels=channels, department=department, person=each.person)

    finish()
    with pytest.MonkeyPatch.context() as patch:
        touches = {"Channel": lambda row: row.department, "DepartmentMembership": lambda row: row.department}
        patch.setitem(SETS, "Crowd", Told(touches, rows))
        try:
            yield Crowd.declared
        finally:
            MODELS.pop("Crowd")
            LISTS.clear()
            Department.declared.members.clear()
            Department.declared.members.update(lists)
