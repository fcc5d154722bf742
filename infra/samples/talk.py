"""Hand-written dialogues: how a .talk file is read.

`= 2025-03-04 supply` begins a day in a channel; `09:14 mei [name]: text` is a message, with a name where a later reply needs
one; below it, indented: `> 09:20 ben: text` a reply (`> name 09:20 ben: text` to an earlier one), `+ 👍 ben mei` reactions,
`~ 09:30 text` an edit, `x 09:31` a retraction, `^ 09:32 wei` a pin, `^^ 09:33 wei` the notice on top, `f plan.pdf 4711
application/pdf` a file, `? rice | noodles` a poll's options, `! 2 ben mei` what was chosen. `@mei` mentions, `@all` calls
everybody.
"""

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from infra.samples.times import clock

DAY = re.compile(r"= (\d{4}-\d{2}-\d{2}) ([\w-]+)")
SAID = re.compile(r"(\d{2}:\d{2}) (\w+)(?: \[(\w+)\])?: (.+)")
REPLY = re.compile(r"  > (?:(\w+) )?(\d{2}:\d{2}) (\w+): (.+)")
SIGN = re.compile(r"  \+ (\S+) (.+)")
EDIT = re.compile(r"  ~ (\d{2}:\d{2}) (.+)")
RETRACTION = re.compile(r"  x (\d{2}:\d{2})")
NOTICE = re.compile(r"  \^\^ (\d{2}:\d{2}) (\w+)")
OPTIONS = re.compile(r"  \? (.+)")
CHOICE = re.compile(r"  ! (\d+) (.+)")
PIN = re.compile(r"  \^ (\d{2}:\d{2}) (\w+)")
ATTACHED = re.compile(r"  f (\S+) (\d+) (\S+)")


class Line(msgspec.Struct):
    """A message of the sample and what became of it. Times are local, without seconds."""

    room: str
    at: datetime
    author: str
    text: str
    thread: "Line | None" = None
    name: str | None = None
    signs: list[tuple[str, str]] = []
    edits: list[tuple[datetime, str]] = []
    pins: list[tuple[datetime, str]] = []
    files: list[tuple[str, int, str]] = []
    retracted: datetime | None = None
    notices: list[tuple[datetime, str]] = []
    options: list[str] = []
    choices: list[tuple[int, str]] = []


def read_talk(text: str) -> Iterator[Line]:
    """The messages of a .talk file. Raises ValueError, with the line, for what it doesn't understand."""
    day, room = "", ""
    root: Line | None = None
    last: Line | None = None
    named: dict[str, Line] = {}
    lines: list[Line] = []
    for number, written in enumerate(text.splitlines(), 1):
        if not written.strip() or written.startswith("#"):
            continue
        if found := DAY.fullmatch(written):
            day, room = found.groups()
            root = last = None
        elif found := SAID.fullmatch(written):
            time, author, name, said = found.groups()
            root = last = Line(room, clock(day, time), author, said, name=name)
            lines.append(last)
            if name:
                named[name] = last
        elif found := REPLY.fullmatch(written):
            name, time, author, said = found.groups()
            begun = named[name] if name else root
            last = Line(room, clock(day, time), author, said, thread=begun)
            lines.append(last)
        elif last is None or not _detail(last, written, day):
            raise ValueError(f"line {number}: {written!r}")
    yield from lines


def _detail(line: Line, written: str, day: str) -> bool:
    if found := SIGN.fullmatch(written):
        line.signs += [(found[1], who) for who in found[2].split()]
    elif found := EDIT.fullmatch(written):
        line.edits.append((clock(day, found[1]), found[2]))
    elif found := RETRACTION.fullmatch(written):
        line.retracted = clock(day, found[1])
    elif found := PIN.fullmatch(written):
        line.pins.append((clock(day, found[1]), found[2]))
    elif found := NOTICE.fullmatch(written):
        line.notices.append((clock(day, found[1]), found[2]))
    elif found := OPTIONS.fullmatch(written):
        line.options = found[1].split(" | ")
    elif found := CHOICE.fullmatch(written):
        line.choices += [(int(found[1]), who) for who in found[2].split()]
    elif found := ATTACHED.fullmatch(written):
        line.files.append((found[1], int(found[2]), found[3]))
    else:
        return False
    return True
