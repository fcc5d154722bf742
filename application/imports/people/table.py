"""A table of people as rows of texts, whatever it was written in, and which of its columns is what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol, get_args

from application.imports.errors import ImportRefused

Field = Literal[
    "name", "number", "email", "phone", "title", "location", "language", "time_zone", "kind",
    "department", "department_code", "parent_code", "further", "leads", "manager", "dotted", "posts",
]  # fmt: skip
"""What a column can say."""

HEADERS: Mapping[Field, str] = {
    "name": "name, full name, display name, employee, employee name, 姓名, 名字, 员工姓名",
    "number": "employee number, employee no, employee id, staff id, staff number, personnel number, "
    "工号, 员工编号, 员工号, 人员编号",
    "email": "e-mail, email, mail, work e-mail, work email, e-mail address, email address, "
    "邮箱, 电子邮箱, 工作邮箱, 企业邮箱, 邮件",
    "phone": "phone, telephone, mobile, work phone, phone number, 电话, 手机, 手机号, 工作电话, 联系电话",
    "title": "title, job title, position, role, 职位, 职务, 头衔",
    "location": "location, office, site, city, work location, 地点, 办公地点, 工作地点, 城市",
    "language": "language, preferred language, 语言, 首选语言",
    "time_zone": "time zone, timezone, 时区",
    "kind": "kind, type, employment type, worker type, 类型, 员工类型, 用工类型",
    "department": "department, department path, unit, organisation unit, organization unit, team, "
    "部门, 所属部门, 部门路径, 部门名称",
    "department_code": "department code, department id, unit code, 部门编码, 部门编号, 部门代码",
    "parent_code": "parent department, parent code, parent department code, parent unit, "
    "上级部门, 上级部门编码, 父部门, 父部门编码",
    "further": "further departments, other departments, secondary departments, 兼职部门, 其他部门, 兼任部门",
    "leads": "leads, leader, head, department head, is leader, 负责人, 部门负责人, 主管标识, 是否负责人",
    "manager": "manager, reports to, supervisor, line manager, manager number, manager e-mail, "
    "上级, 直属上级, 汇报对象, 直接上级, 主管",
    "dotted": "dotted line, dotted lines, dotted-line manager, also reports to, 虚线上级, 虚线汇报, 虚线主管",
    "posts": "post, posts, posts held, positions, positions held, 岗位, 所任岗位, 任职岗位, 担任岗位",
}
"""The headers that are understood, in English and Chinese; capital letters, spaces and punctuation make no difference."""
SEVERAL = re.compile(r"[;；|\n]")
"""What stands between several departments or people in one cell."""


class Table(Protocol):
    """A source of rows. `name` is what it is called in messages; `digest` is its SHA-256."""

    name: str
    digest: bytes

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Each row that isn't empty with its number in the file, from 1. The first is the header. Raises ImportRefused."""
        ...


class NoHeader(ImportRefused):
    """The first row doesn't say which columns there are."""


class Columns:
    """Which column says what."""

    def __init__(self, file: str, header: Sequence[str], given: Mapping[str, str]) -> None:
        """`given`: headers by field, for those that aren't understood by themselves. Raises NoHeader."""
        wanted = {_plain(said): field for field, said in _checked(file, given).items()}
        places: dict[Field, int] = {}
        for place, said in enumerate(header):
            field = wanted.get(_plain(said)) or (_KNOWN.get(_plain(said)) if _KNOWN.get(_plain(said)) not in given else None)
            if field is None:
                continue
            if field in places:
                raise NoHeader(file, f"two columns say the same: {header[places[field]]} and {said}")
            places[field] = place
        for wants, column in given.items():
            if wants not in places:
                raise NoHeader(file, f"there is no column {column}")
        if "name" not in places or not places.keys() & {"number", "email"}:
            told = ", ".join(said for said in header if said)[:300]
            raise NoHeader(
                file, f"there must be a column of names, and one of employee numbers or of e-mail addresses; found: {told}"
            )
        self.places = places
        self.ignored = [said for place, said in enumerate(header) if said and place not in places.values()]
        self._titles = {field: header[place] for field, place in places.items()}

    def __contains__(self, field: Field) -> bool:
        return field in self.places

    def title(self, field: Field) -> str:
        """What the file calls a field; for one that it hasn't, what we do."""
        return self._titles.get(field, HEADERS[field].partition(",")[0])

    def value(self, cells: Sequence[str], field: Field) -> str:
        """What a row says: nothing where there is no such column, or the cell is empty."""
        place = self.places.get(field)
        return cells[place].strip() if place is not None and place < len(cells) else ""


def several(text: str) -> list[str]:
    """The parts of a cell that says several."""
    return [part for each in SEVERAL.split(text) if (part := each.strip())]


def _checked(file: str, given: Mapping[str, str]) -> dict[Field, str]:
    unknown = [field for field in given if field not in get_args(Field)]
    if unknown:
        raise NoHeader(file, f"{unknown[0]} is none of {', '.join(get_args(Field))}")
    return {field: given[field] for field in get_args(Field) if field in given}


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header).casefold()


_KNOWN: Mapping[str, Field] = {_plain(said): field for field, all_ in HEADERS.items() for said in all_.split(",")}
