"""Clusters that tests made in their temporary folders: as root, whose folders are private, they lie elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.postgres.embedded import has_cluster
from infra.postgres.embedded.removal import DirectoryInUse, remove_data_dir
from tests.support.waiting import until

DEPTH = 3
"""How deep below a test's folder data directories are looked for."""


@contextmanager
def reachable_folder(prefix: str = "onrecord-", where: Path | None = None) -> Iterator[Path]:
    """A temporary folder that the account of an embedded server can enter, so that nothing of the cluster lies elsewhere."""
    with TemporaryDirectory(prefix=prefix, dir=where) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        remove_clusters(folder)


def remove_clusters(folder: Path) -> None:
    """Removes those that are linked to from data directories below a folder, once their servers have ended."""
    for depth in range(DEPTH):
        for link in folder.glob(f"{'*/' * depth}postgres"):
            if link.is_symlink() and has_cluster(link.parent):
                until(partial(_removed, link.parent))


def _removed(data_dir: Path) -> bool:
    try:
        return remove_data_dir(data_dir)
    except DirectoryInUse:
        return False
