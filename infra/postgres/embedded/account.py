"""The account that the server runs as. PostgreSQL refuses to run as root, so root hands it to an unprivileged account."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.postgres.embedded.errors import NoUnprivilegedAccount

# The first that exists. Only `nobody` is there on every system.
_CANDIDATES = ("onrecord", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """Who owns the cluster's files and runs its processes."""

    user: int
    group: int
    switched: bool
    """Whether it is another account than ours, so that programs must be started under it."""

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs a short program to its end as this account, with its output as text. Raises OSError where it can't be executed."""
        return subprocess.run(
            command,
            user=self.as_user,
            group=self.as_group,
            extra_groups=self.as_groups,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def own(self, path: Path) -> None:
        """Gives the path to this account."""
        if self.switched:
            os.chown(path, self.user, self.group)

    def can_enter(self, directory: Path) -> bool:
        """Whether the account reaches the (existing) directory through all of its parents."""
        if not self.switched:
            return os.access(directory, os.X_OK)
        return self.run("/bin/sh", "-c", 'cd "$0"', directory).returncode == 0

    @property
    def as_user(self) -> int | None:
        """For `user=` of a subprocess."""
        return self.user if self.switched else None

    @property
    def as_group(self) -> int | None:
        """For `group=` of a subprocess."""
        return self.group if self.switched else None

    @property
    def as_groups(self) -> list[int] | None:
        """For `extra_groups=` of a subprocess: none of root's."""
        return [] if self.switched else None


# Nothing of ours leaks into the server: a PGDATA or LC_ALL set in somebody's shell would change what it does.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def account_for(cluster: Path) -> Account:
    """Ours, or for root the cluster's owner, or else the first unprivileged account. Raises NoUnprivilegedAccount."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switched=True)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switched=True)
    raise NoUnprivilegedAccount(
        f"PostgreSQL refuses to run as root, and none of the accounts {', '.join(_CANDIDATES)} exists. "
        "Create one (useradd --system onrecord), or start OnRecord as an ordinary user."
    )
