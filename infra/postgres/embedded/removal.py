"""Removing a data directory with its server and everything that was recorded in it."""

import shutil
from pathlib import Path

from infra.postgres.embedded.errors import EmbeddedPostgresError
from infra.postgres.embedded.layout import has_cluster, layout_of
from infra.postgres.embedded.locks import FileLock, is_held


class DirectoryInUse(EmbeddedPostgresError):
    """A process still uses the server in this data directory."""


class NotADataDirectory(EmbeddedPostgresError):
    """There is something else than a data directory here; nothing was removed."""


def remove_data_dir(data_dir: Path) -> bool:
    """Removes a data directory, its keys and its server, if nobody uses it; whether there was one.

    Raises DirectoryInUse, NotADataDirectory: a folder without a server of ours is left alone.
    """
    if not data_dir.exists():
        return False
    if not has_cluster(data_dir):
        if any(data_dir.iterdir()):
            raise NotADataDirectory(f"{data_dir} is no data directory of ours, so nothing was removed.")
        data_dir.rmdir()
        return True
    layout = layout_of(data_dir)
    with FileLock(layout.users_lock) as users:
        if not users.try_alone() or is_held(layout.keeper_lock):
            raise DirectoryInUse(f"{data_dir} is in use. Stop what runs on it first.")
        shutil.rmtree(layout.home)
        shutil.rmtree(data_dir)
    return True
