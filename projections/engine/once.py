"""What depends on the viewer alone, and not on the row: declared once by name, and asked once by a statement that names it."""

ONCE: dict[str, str] = {}
"""The SQL of each, over {viewer}, {now} and the tables of models, by its name."""
ASKED_ONCE = "once_"
"""{once_staff} in an SQL text, after FROM and with an alias behind it, are the rows of what was declared as `staff`."""


def once(name: str, sql: str) -> str:
    """Declares rows; answers their placeholder. Declaring the same again is the same. Raises TypeError for other SQL."""
    if ONCE.setdefault(name, sql) != sql:
        raise TypeError(f"`{name}` is declared to be asked once with two different texts")
    return f"{{{ASKED_ONCE}{name}}}"
