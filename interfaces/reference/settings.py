"""The page of settings."""

from pathlib import Path

from pydantic_core import PydanticUndefined

from interfaces.settings import PREFIX, Settings

_INTRODUCTION = """\
# Settings

<!-- Made by `make docs`. -->

Each is a variable, or an entry of the TOML file that `ONRECORD_CONFIG` names: the same name in lower case without the prefix
(`port = 8001`). The command's options win over variables, and variables over the file. A value that can't be used and a name that
doesn't exist are errors.

| variable | default | meaning |
|---|---|---|
"""

_BESIDES = f"""
Besides these, read from variables only:

| variable | meaning |
|---|---|
| `{PREFIX}CONFIG` | The TOML file with settings. |
| `{PREFIX}POSTGRES_BIN` | The folder of PostgreSQL's programs for the embedded server, instead of the package's. |
| `{PREFIX}DEBUG` | `1` shows the traceback of an unforeseen error. |
| `{PREFIX}TEST_DATABASE_URL` | A superuser's DSN of a server that the tests use instead of an embedded one. |
"""


def settings_page() -> str:
    """Every setting, its default and what it means."""
    rows = (
        f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    )
    return _INTRODUCTION + "\n".join(rows) + "\n" + _BESIDES


def _shown(default: object) -> str:
    match default:
        case None:
            return ""
        case bool():
            return f"`{int(default)}`"
        case Path() | int() | str():
            return f"`{default}`"
        case _:
            return "" if default is PydanticUndefined else str(default)
