"""Where the embedded server keeps its things inside a data directory."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.postgres.embedded.account import Account, account_for
from infra.postgres.embedded.errors import DirectoryUnusable

# sun_path holds 108 bytes on Linux and 104 on macOS; PostgreSQL makes a lock file beside the socket, with five more.
_LONGEST_SOCKET_PATH = 90
_SOCKET_NAME = ".s.PGSQL.5432"
# Not the TMPDIR of whoever asks: every process must look in the same place. make_sockets_folder checks whose it is.
_SHORT = Path("/tmp")  # noqa: S108
# Where root's clusters live when their data directory can't be reached by the account that runs them.
_STATE_OF_ROOT = Path("/var/lib/onrecord")


@dataclass(frozen=True)
class Layout:
    """The files of one embedded server. All processes that name the same data directory compute the same paths."""

    home: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"

    @property
    def runtime(self) -> Path:
        """A copy of the programs, where the account can't reach the installed ones."""
        return self.home / "runtime"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that needs the server; whoever gets it exclusively knows that nobody does."""
        return self.home / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held while a process looks for a keeper and starts one."""
        return self.home / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for its whole life."""
        return self.home / "keeper.lock"

    @property
    def log(self) -> Path:
        """What the server and its keeper have to say."""
        return self.home / "server.log"

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket: in the home, or in a short temporary one where that path would be too long."""
        inside = self.home / "socket"
        if len(os.fsencode(inside / _SOCKET_NAME)) < _LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return _SHORT / f"onrecord-{digest}"

    @property
    def socket(self) -> Path:
        """Where the server listens."""
        return self.sockets / _SOCKET_NAME

    @property
    def conninfo(self) -> str:
        """How the server's superuser connects."""
        return f"host='{self.sockets}' port=5432 user=postgres dbname=postgres"

    def make_sockets_folder(self) -> None:
        """Makes it, private to the account: who can enter it is trusted. Raises DirectoryUnusable where it is another's."""
        folder = self.sockets
        try:
            folder.mkdir(mode=0o700)
            self.account.own(folder)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.account.user, os.geteuid()):
                raise DirectoryUnusable(f"{folder} belongs to somebody else; remove it, or set another data directory.") from None
            self.account.own(folder)
            folder.chmod(0o700)


def layout_of(data_dir: Path) -> Layout:
    """The layout in a data directory, which is created if absent. Raises DirectoryUnusable, NoUnprivilegedAccount.

    Where root's data directory lies under a private folder, such as /root, the account that runs the server can't reach it; the
    folder isn't opened for that, but the cluster is kept under /var/lib/onrecord and the data directory links to it.
    """
    home = data_dir.absolute() / "postgres"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not home.is_symlink():
            home.mkdir(exist_ok=True)
        account = account_for(home / "cluster")
        if account.switched and not home.is_symlink():
            home.chmod(0o755)
            if not account.can_enter(home):
                home.rmdir()
                home.symlink_to(_reachable_home(home))
        home = home.resolve()
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise DirectoryUnusable(
            f"{home} can't be used for the embedded PostgreSQL ({error.strerror}); "
            "make it writable, or set ONRECORD_DATA_DIR to a directory of yours."
        ) from error
    return Layout(home, account)


def has_cluster(data_dir: Path) -> bool:
    """Whether a server has been made in this data directory; makes nothing."""
    return (data_dir / "postgres" / "cluster" / "PG_VERSION").exists()


def _reachable_home(home: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return _STATE_OF_ROOT / f"postgres-{digest}"
