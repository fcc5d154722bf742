"""The cluster: PostgreSQL's data directory, made once."""

import os
import shutil
from pathlib import Path

from infra.postgres.embedded.binaries import Binaries
from infra.postgres.embedded.errors import DirectoryUnusable, ServerDidNotStart
from infra.postgres.embedded.layout import Layout

# The first major version with the builtin locale provider.
_BUILTIN_LOCALES = 17


def ensure_cluster(layout: Layout, binaries: Binaries, *, durable: bool) -> None:
    """Makes the cluster if there is none. Raises DirectoryUnusable if it is another version's, ServerDidNotStart if initdb fails.

    It is made under another name and renamed when it is complete, so that a crash half-way leaves nothing that looks like one.
    Only the keeper may call this.
    """
    version = layout.cluster / "PG_VERSION"
    if version.exists():
        if (found := version.read_text().strip()) != str(binaries.major):
            raise DirectoryUnusable(
                f"{layout.cluster} was made by PostgreSQL {found}, and the programs at hand are {binaries.major}. "
                f"Move the data with pg_upgrade or pg_dump, or name programs of version {found} in ONRECORD_POSTGRES_BIN."
            )
        return
    for left_over in layout.home.glob("cluster.new-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    # Of our own name: an initdb whose keeper was killed may still be writing to the one before.
    fresh = layout.home / f"cluster.new-{os.getpid()}"
    fresh.mkdir(mode=0o700)
    layout.account.own(fresh)
    made = layout.account.run(*_initdb(binaries, fresh, durable=durable))
    if made.returncode != 0:
        raise ServerDidNotStart(f"initdb failed:\n{(made.stderr or made.stdout).strip()}")
    fresh.rename(layout.cluster)


def _initdb(binaries: Binaries, directory: Path, *, durable: bool) -> list[str | Path]:
    # Character classes of C.UTF-8, without which trigrams of Chinese text are empty; the order of C, the same on every machine.
    if binaries.major >= _BUILTIN_LOCALES:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]
    else:
        locale = ["--lc-collate=C", "--lc-ctype=C.UTF-8"]
    return [
        binaries.initdb,
        "--pgdata", directory,
        "--username=postgres",
        "--encoding=UTF8",
        "--lc-messages=C",
        *locale,
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
        "--data-checksums",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    ]  # fmt: skip
