"""What depends on the viewer alone, and not on the row: declared once by name, and asked once by a statement that names it."""

from collections.abc import Collection

ONCE: dict[str, str] = {}
"""The SQL of each, over {viewer}, {now} and the tables of models, by its name."""
ASKED_ONCE = "once_"
"""{once_staff} in an SQL text, after FROM and with an alias behind it, are the rows of what was declared as `staff`."""


TRAITS: dict[str, str] = {}
"""SQL over {viewer} by the name of what it says of them: whether they are of those whom some rules were made for."""
OF: dict[str, frozenset[str]] = {}
"""By the name of rows that are asked once, the traits without any of which a viewer has none of them."""
BUT: dict[str, str | None] = {}
"""By the name of rows that are asked once, the trait without which whoever may read at all has some of them."""


def once(name: str, sql: str, *, of: Collection[str] = (), but: str | None = None) -> str:
    """Declares rows; answers their placeholder. Declaring the same again is the same. Raises TypeError for other SQL.

    `of`: only viewers with one of these traits have such rows. Without any trait, everybody may have them. `but`: everybody has
    such rows who may read at all at this moment and never had this trait.
    """
    declared = ONCE.setdefault(name, sql), OF.setdefault(name, frozenset(of)), BUT.setdefault(name, but)
    if declared != (sql, frozenset(of), but):
        raise TypeError(f"`{name}` is declared to be asked once with two different texts")
    return f"{{{ASKED_ONCE}{name}}}"


def trait(name: str, sql: str) -> str:
    """Declares a trait; answers its name. The SQL is asked of all versions of all rows: of whatever a viewer ever was.

    So it must hold the more the more rows there are (no NOT, no EXCEPT, no outer join), and name neither {now} nor what is asked
    once. Whoever never had a trait has none of its rows, now or as of any moment.
    """
    TRAITS[name] = sql
    return name
