"""Posts: what people are here, so that permissions and announcements can be for whoever holds one."""

from typing import Annotated, Literal, assert_never

from msgspec.structs import replace

from domain.directory.commands.post import AssignPost, ClosePost, OpenPost, RenamePost, WithdrawPost
from domain.directory.department import Department, DepartmentIsClosed
from domain.directory.events.post import HoldingEvent, PostAssigned, PostClosed, PostEvent, PostOpened, PostRenamed, PostWithdrawn
from domain.directory.ids import DepartmentId, PostId
from domain.directory.person import HasLeft, Person
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.states import NOTHING, Events, Maybe, New, State


class Post(State[PostEvent], kind="directory.post", key=(PostId,)):
    """A post of a department or of the whole organisation. Who holds it is said by `Holding`."""

    status: Literal["new", "open", "closed"] = "new"
    name: str = ""
    department: DepartmentId | None = None

    def evolve(self, event: PostEvent) -> "Post":
        match event:
            case PostOpened(name=name, department=department):
                return replace(self, status="open", name=name, department=department)
            case PostRenamed(name=name):
                return replace(self, name=name)
            case PostClosed():
                return replace(self, status="closed")
            case _:
                assert_never(event)


class Holding(State[HoldingEvent], kind="directory.holding", key=(PostId, PersonId)):
    """Whether somebody holds a post. Of one who has left, it counts no more."""

    active: bool = False

    def evolve(self, event: HoldingEvent) -> "Holding":
        match event:
            case PostAssigned():
                return replace(self, active=True)
            case PostWithdrawn():
                return replace(self, active=False)
            case _:
                assert_never(event)


class PostIsClosed(Refusal, frozen=True):
    """Nobody is given a closed post any more, and it stays as it was."""

    post: Annotated[PostId, "The closed post."]


def open_one(command: OpenPost, post: New[Post], department: Department | None) -> Events | IdTaken | DepartmentIsClosed:
    if post.exists:
        same = (post.name, post.department) == (command.name, command.department)
        return NOTHING if same else IdTaken(id=command.post)
    if department and command.department and not department.open:
        return DepartmentIsClosed(department=command.department)
    return post.records(PostOpened(name=command.name, department=command.department))


def rename(command: RenamePost, post: Post) -> Events | PostIsClosed:
    if post.name == command.name:
        return NOTHING
    if post.status == "closed":
        return PostIsClosed(post=command.post)
    return post.records(PostRenamed(name=command.name))


def close(command: ClosePost, post: Post) -> Events:
    return NOTHING if post.status == "closed" else post.records(PostClosed())


def assign(
    command: AssignPost, post: Post, person: Person, holding: Maybe[Holding] = by("post", "person")
) -> Events | PostIsClosed | HasLeft:
    if holding.active:
        return NOTHING
    if post.status == "closed":
        return PostIsClosed(post=command.post)
    if person.status == "left":
        return HasLeft(person=command.person)
    return holding.records(PostAssigned(post=command.post, person=command.person))


def withdraw(command: WithdrawPost, post: Post, holding: Maybe[Holding] = by("post", "person")) -> Events:
    withdrawn = PostWithdrawn(post=command.post, person=command.person)
    return holding.records(withdrawn) if holding.active else NOTHING
