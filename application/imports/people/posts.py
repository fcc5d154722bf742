"""The posts that a table names: found among those that are here, or to be opened."""

from collections.abc import Mapping
from typing import NamedTuple

from application.imports.people.present import Position
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import derived

Placed = tuple[DepartmentId | None, str]
"""A post by its department, None for the whole organisation, and its name."""


class NewPost(NamedTuple):
    """A post that isn't here yet, and the row that named it first."""

    id: PostId
    name: str
    department: DepartmentId | None
    row: int


class Posts:
    """Posts by department and name."""

    def __init__(self, here: Mapping[PostId, Position]) -> None:
        self._here = here
        self._known: dict[Placed, PostId | None] = {}
        for id_, post in here.items():
            if post.open:
                placed = post.department, post.name
                self._known[placed] = None if placed in self._known else id_
        self.new: dict[PostId, NewPost] = {}

    def find(self, row: int, name: str, department: DepartmentId | None) -> PostId | None:
        """The open post of this name there, else a new one. None where several are called so."""
        placed = department, name
        if placed not in self._known:
            made = self._id(placed)
            self._known[placed] = made
            self.new[made] = NewPost(made, name, department, row)
        return self._known[placed]

    def placed(self, post: PostId) -> Placed:
        """Where one belongs, and what it is called."""
        known = self.new.get(post) or self._here[post]
        return known.department, known.name

    def _id(self, placed: Placed) -> PostId:
        """An id of its own, also where a post that was made from the same name is closed or called otherwise by now."""
        department, name = placed
        number = 0
        while (made := PostId(derived("post", str(department or ""), name, str(number)))) in self._here:
            number += 1
        return made
