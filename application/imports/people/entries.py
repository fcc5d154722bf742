"""The rows of a table as entries: each checked by itself."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from application.imports.people.faults import Faults, Kind
from application.imports.people.paths import NamedPost, Path, named_post, parts
from application.imports.people.table import Columns, Field, Table, several
from domain.directory.commands.limits import ADDRESS, EMAIL, LANGUAGE, NAME, NUMBER, PHONE, TAG, TIME_ZONE
from domain.directory.events.person import PersonKind

MOST_ROWS = 200_000
LIMITS: Mapping[Field, int] = {
    "name": NAME, "number": NUMBER, "email": EMAIL, "phone": PHONE, "title": NAME, "location": NAME, "language": TAG,
    "time_zone": TAG, "department_code": NUMBER, "parent_code": NUMBER,
}  # fmt: skip
PATTERNS: Mapping[Field, re.Pattern[str]] = {
    "email": re.compile(ADDRESS), "language": re.compile(LANGUAGE), "time_zone": re.compile(TIME_ZONE)
}  # fmt: skip
KINDS: Mapping[str, PersonKind] = {
    "employee": "employee", "permanent": "employee", "员工": "employee", "正式": "employee", "正式员工": "employee",
    "全职": "employee",
    "contractor": "contractor", "external": "contractor", "外包": "contractor", "外部": "contractor", "合同工": "contractor",
    "劳务派遣": "contractor",
}  # fmt: skip
YES, NO = {"yes", "y", "true", "1", "x", "是", "√"}, {"", "no", "n", "false", "0", "否", "-"}
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Entry(msgspec.Struct, gc=False):
    """A row: one person, with what the table says of them. What a missing column would say is None."""

    row: int
    name: str
    number: str | None
    email: str | None
    phone: str | None
    title: str | None
    location: str | None
    language: str | None
    time_zone: str | None
    kind: PersonKind | None
    department: Path | str | None
    further: tuple[Path, ...] | None
    leads: bool | None
    manager: str | None
    dotted: tuple[str, ...] | None
    posts: tuple[NamedPost, ...] | None


class DepartmentRow(msgspec.Struct, gc=False):
    """A department that is named by a code: where it was named first, what it is called, and the code of the one above it."""

    row: int
    name: str
    parent: str | None


class Entries:
    """Reads a table. Departments are named by their paths, or, where there are codes, by those."""

    def __init__(self, table: Table, columns: Columns, faults: Faults) -> None:
        self.table, self.columns, self.faults = table, columns, faults
        self.coded: dict[str, DepartmentRow] = {}
        self._texts: dict[str, str] = {}
        self._paths: dict[str, Path] = {}

    def read(self, rows: Iterator[tuple[int, Sequence[str]]], told: Callable[[int], None]) -> Iterator[Entry]:
        """The entries of all who can be told apart; what is wrong with them is among the faults."""
        for count, (row, cells) in enumerate(rows, 1):
            if count > MOST_ROWS:
                self.faults.add(row, "", "too many rows", f"there are more than {MOST_ROWS:,} rows")
                return
            if (entry := self._entry(row, cells)) is not None:
                yield entry
            if count % 1_000 == 0:
                told(count)

    def _entry(self, row: int, cells: Sequence[str]) -> Entry | None:
        department = self._department(row, cells)
        said: dict[Field, str | None] = {
            field: self._text(row, cells, field)
            for field in ("name", "number", "email", "phone", "title", "location", "language", "time_zone")
        }
        if "department_code" in self.columns and not any(said[field] for field in ("name", "number", "email")):
            return None  # a department by itself
        name = said.pop("name")
        if not name:
            self._fault(row, "name", "nothing there", "there is no name")
        if not said["number"] and not said["email"]:
            field: Field = "number" if "number" in self.columns else "email"
            self._fault(row, field, "nothing there", "there is neither an employee number nor an e-mail address")
        entry = Entry(
            row=row,
            name=name or "",
            kind=self._kind(row, cells),
            department=department,
            further=self._further(row, cells),
            leads=self._leads(row, cells),
            manager=self._reference(cells, "manager"),
            dotted=tuple(several(self.columns.value(cells, "dotted"))) if "dotted" in self.columns else None,
            posts=self._posts(row, cells),
            **{str(field): value for field, value in said.items()},
        )
        # What is wrong with a row is no reason to call those who name it wrong as well.
        return entry if entry.number or entry.email else None

    def _text(self, row: int, cells: Sequence[str], field: Field) -> str | None:
        if field not in self.columns:
            return None
        text = self.columns.value(cells, field)
        if len(text) > LIMITS[field]:
            self._fault(row, field, "too long", f"it has {len(text):,} characters, and may have {LIMITS[field]}")
        elif CONTROLS.search(text):
            self._fault(row, field, "malformed", "it has control characters or line breaks")
        elif text and field in PATTERNS and not PATTERNS[field].search(text):
            self._fault(row, field, "malformed", f"{text[:60]} is none")
        return self._texts.setdefault(text, text) if field in ("title", "location", "language", "time_zone") else text

    def _department(self, row: int, cells: Sequence[str]) -> Path | str | None:
        if "department_code" not in self.columns:
            return (
                self._path(row, "department", self.columns.value(cells, "department")) if "department" in self.columns else None
            )
        code, parent = self._text(row, cells, "department_code") or "", self._text(row, cells, "parent_code") or None
        if not code:
            return ()
        name = self.columns.value(cells, "department") or code
        known = self.coded.get(code)
        if known is None or (known.name == code and name != code):
            self._name(row, "department", name)
            self.coded[code] = DepartmentRow(row, name, parent if known is None or parent else known.parent)
        elif name not in (code, known.name):
            self._fault(row, "department", "contradictory", f"{code} is called {known.name[:60]} in row {known.row}")
        elif parent and known.parent and parent != known.parent:
            self._fault(row, "parent_code", "contradictory", f"{code} is below {known.parent} in row {known.row}")
        elif parent and not known.parent:
            known.parent = parent
        return code

    def _path(self, row: int, field: Field, text: str) -> Path:
        if (known := self._paths.get(text)) is not None:
            return known
        path = tuple(self._texts.setdefault(part, part) for part in parts(text))
        for part in path:
            self._name(row, field, part)
        self._paths[text] = path
        return path

    def _name(self, row: int, field: Field, name: str, whose: str = "a department's") -> None:
        if len(name) > NAME:
            self._fault(row, field, "too long", f"{whose} name has {len(name):,} characters, and may have {NAME}")
        elif CONTROLS.search(name):
            self._fault(row, field, "malformed", f"{whose} name has control characters or line breaks")

    def _further(self, row: int, cells: Sequence[str]) -> tuple[Path, ...] | None:
        if "further" not in self.columns:
            return None
        several_ = several(self.columns.value(cells, "further"))
        if "department_code" in self.columns:
            return tuple((part,) for part in several_)
        return tuple(self._path(row, "further", part) for part in several_)

    def _posts(self, row: int, cells: Sequence[str]) -> tuple[NamedPost, ...] | None:
        if "posts" not in self.columns:
            return None
        posts = tuple(dict.fromkeys(map(named_post, several(self.columns.value(cells, "posts")))))
        for post in posts:
            if not post.name:
                self._fault(row, "posts", "nothing there", "a post has no name")
            self._name(row, "posts", post.name, "a post's")
            for part in post.department or ():
                self._name(row, "posts", part)
        return posts

    def _leads(self, row: int, cells: Sequence[str]) -> bool | None:
        if "leads" not in self.columns:
            return None
        said = self.columns.value(cells, "leads").casefold()
        if said not in YES | NO:
            self._fault(row, "leads", "malformed", f"{said[:60]} is neither yes nor no")
        return said in YES

    def _kind(self, row: int, cells: Sequence[str]) -> PersonKind | None:
        if "kind" not in self.columns:
            return None
        said = self.columns.value(cells, "kind").casefold()
        if said and said not in KINDS:
            self._fault(row, "kind", "malformed", f"{said[:60]} is none of {', '.join(sorted({*KINDS.values()}))}")
        return KINDS.get(said, "employee")

    def _reference(self, cells: Sequence[str], field: Field) -> str | None:
        return self.columns.value(cells, field) if field in self.columns else None

    def _fault(self, row: int, field: Field, kind: Kind, problem: str) -> None:
        self.faults.add(row, self.columns.title(field), kind, problem)
