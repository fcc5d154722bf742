"""What happens to posts, and who holds them. A post is a position that people hold: the log has positions of its own."""

from domain.directory.ids import DepartmentId, PostId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class PostOpened(Event, wire="directory.post_opened.v1"):
    """There is a post, a position that people can hold: of one department, or of the whole organisation."""

    name: str
    department: DepartmentId | None = None


class PostRenamed(Event, wire="directory.post_renamed.v1"):
    """A post has another name and is the same."""

    name: str


class PostClosed(Event, wire="directory.post_closed.v1"):
    """Nobody is given a post any more; who holds it goes on holding it."""


class PostAssigned(Event, wire="directory.post_assigned.v1"):
    """Somebody holds a post, alone or with others."""

    post: PostId
    person: PersonId


class PostWithdrawn(Event, wire="directory.post_withdrawn.v1"):
    """Somebody no longer holds a post."""

    post: PostId
    person: PersonId


PostEvent = PostOpened | PostRenamed | PostClosed
HoldingEvent = PostAssigned | PostWithdrawn

catalogue(PostOpened, PostRenamed, PostClosed, PostAssigned, PostWithdrawn)
