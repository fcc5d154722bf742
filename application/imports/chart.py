"""What is imported of the chart, as claims: what became of departments, posts, and who reports to whom."""

from typing import assert_never

from application.bulk import Claim
from application.imports.naming import Names, claim
from application.imports.records.organisation import Dotted, Held, Merged, Moved, Post, Reported
from domain.directory import imported
from domain.directory.department import Department
from domain.directory.post import Holding
from domain.directory.post import Post as PostState
from domain.directory.reporting import ReportingLine

OfChart = Moved | Merged | Post | Held | Reported | Dotted


def chart(record: OfChart, names: Names) -> Claim:
    """What a record claims about the chart."""
    at = record.at
    match record:
        case Moved():
            parent = names.department(record.parent) if record.parent else None
            ids = (names.department(record.department),)
            return claim(Department, ids, lambda s: imported.department_moved(s, parent=parent), at, f"moved to {parent}")
        case Merged():
            into = names.department(record.into)
            ids = (names.department(record.department),)
            return claim(Department, ids, lambda s: imported.department_merged(s, into=into), at, f"merged into {into}")
        case Post():
            of = names.department(record.department) if record.department else None
            post = names.post(record.key)
            return claim(PostState, (post,), lambda s: imported.post_opened(s, name=record.name, department=of), at, "opened")
        case Held():
            post, person = names.post(record.post), names.person(record.person)
            happened = imported.post_withdrawn if record.ended else imported.post_assigned
            return claim(
                Holding, (post, person), lambda s: happened(s, post=post, person=person), at, f"held, ended {record.ended}"
            )
        case Reported():
            person, manager = names.person(record.person), names.somebody(record.manager)
            return claim(
                ReportingLine,
                (person,),
                lambda s: imported.manager_changed(s, person=person, manager=manager),
                at,
                f"reports to {manager}",
            )
        case Dotted():
            person, to = names.person(record.person), names.person(record.to)
            drawn = imported.dotted_line_erased if record.ended else imported.dotted_line_drawn
            return claim(
                ReportingLine,
                (person,),
                lambda s: drawn(s, person=person, to=to),
                at,
                f"dotted to {to}, ended {record.ended}",
            )
        case _:
            assert_never(record)
