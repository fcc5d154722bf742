"""Things that are there, by the names under which fields and arguments ask for them."""

import json
import os
from base64 import b64decode
from collections.abc import Sequence

IDS: list[str] = json.loads(os.environ["ONRECORD_IDS"])
CALLED = {
    "auditor": "Person",
    "forwards": "Message",
    "group": "UserGroup",
    "into": "Department",
    "manager": "Person",
    "mention": "Person",
    "parent": "Department",
    "people": "Person",
    "predecessor": "Person",
    "quotes": "Message",
    "successor": "Person",
    "thread": "Message",
    "to": "Person",
    "within": "Department",
}
"""What is asked for under another name than its type's."""


def kind(identifier: str) -> str:
    """The type that an id names."""
    return b64decode(identifier).decode().partition(":")[0]


def fitting(name: str) -> Sequence[str]:
    """The ids that somebody who read the schema would try under this name; all of them where it doesn't say."""
    single = name.removesuffix("s") if name not in CALLED else name
    wanted = CALLED.get(single, single).lower()
    return [each for each in IDS if kind(each).lower() == wanted] or IDS
