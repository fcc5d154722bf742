"""What may be wished for posts: the positions that people hold."""

from pydantic import Field

from domain.directory.commands.limits import NAME
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import PersonId


class OpenPost(Command):
    """Make a post: a position that people can hold."""

    post: PostId = Field(description="The new post's id, made by the client.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    department: DepartmentId | None = Field(
        default=None, description="The department that it belongs to; left out, the whole organisation."
    )


class RenamePost(Command):
    """Call a post by another name."""

    post: PostId = Field(description="Which one.")
    name: Line = Field(description="What it is called from now on.", max_length=NAME)


class ClosePost(Command):
    """Let nobody be given a post any more."""

    post: PostId = Field(description="Which one.")


class AssignPost(Command):
    """Let somebody hold a post, alone or with others."""

    post: PostId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class WithdrawPost(Command):
    """Let somebody no longer hold a post."""

    post: PostId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")
