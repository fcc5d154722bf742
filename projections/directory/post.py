"""Posts, and who holds them."""

from __future__ import annotations

from datetime import datetime

from domain.directory.events.post import PostAssigned, PostClosed, PostOpened, PostRenamed, PostWithdrawn
from domain.kernel.events import Recorded
from projections.access.people import STAFF
from projections.directory.department import Department
from projections.directory.department_membership import STAY
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, found, listed, many, one, replace
from projections.engine.model import Model


class Post(
    Model,
    visible={"belongs to the organisation": STAFF},
    queries=(
        found("post", "A post, by its id."),
        listed("posts", "All posts, closed ones included.", order="name"),
    ),
):
    """A position that people hold: permissions and announcements can be for whoever holds a post."""

    name: str = column("What it is called.", order=True, filter=("eq", "contains"))
    closed: bool = column("Whether nobody is given it any more.", default=False, filter=("eq",))
    department: Maybe[Department] = one(
        "The department that it belongs to; none means the whole organisation.",
        inverse=many("posts", "The posts that belong to it.", order="name"),
    )


class PostHolding(Model, visible={"belongs to the organisation": STAFF}):
    """Somebody holds a post."""

    since: datetime = column("Since when.", order=True)
    post: To[Post] = one("Which one.", inverse=many("holders", "Those who hold it.", order="since", where=STAY))
    person: To[Person] = one("Who.", inverse=many("posts", "The posts that they hold.", order="since", where=STAY))


@feeds()
def opened(said: Recorded[PostOpened]) -> Post:
    return Post(id=said.thing, name=said.event.name, department=said.event.department)


@feeds()
def renamed(row: Post, said: Recorded[PostRenamed]) -> Post:
    return replace(row, name=said.event.name)


@feeds()
def closed(row: Post, said: Recorded[PostClosed]) -> Post:
    return replace(row, closed=True)


@feeds()
def assigned(said: Recorded[PostAssigned]) -> PostHolding:
    return PostHolding(id=said.thing, post=said.event.post, person=said.event.person, since=said.effective_at)


@feeds()
def withdrawn(row: PostHolding, said: Recorded[PostWithdrawn]) -> None:
    return None
