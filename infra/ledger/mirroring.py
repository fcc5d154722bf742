"""Keeps a mirror in a folder: whatever a new checkpoint covers, then the checkpoint itself."""

import asyncio
import shutil
from pathlib import Path

from psycopg import AsyncConnection

from infra.ledger import checkpoint, note
from infra.ledger.bundles import bundle
from infra.ledger.mirror import CHECKPOINT, checkpoint_path, write
from infra.ledger.note import Note
from infra.ledger.paths import ENTRIES, Resource, path_of
from infra.ledger.sealing.database import LedgerTables
from infra.ledger.tree import HASH, WIDTH, TileAddress, width_at

AT_ONCE = 64
"""Tiles and bundles that are read and written together: some megabytes."""


class MirrorFolder:
    """A folder that an auditor may be given whole, and that onrecord-verify checks. `entries`: whether it says who acted when."""

    def __init__(self, folder: Path, schema: str, *, entries: bool = True) -> None:
        self._folder, self._tables, self._entries = folder, LedgerTables(schema), entries

    async def follow(self, connection: AsyncConnection, signed: Note) -> None:
        """Brings the mirror to this checkpoint, from wherever it is. Raises OSError."""
        head = checkpoint.parse(signed.text)
        size = await asyncio.to_thread(self._mirrored)
        resources = self._changed(size, head.size)
        for begin in range(0, len(resources), AT_ONCE):
            await self._copy(connection, resources[begin : begin + AT_ONCE])
        for stored in await self._tables.checkpoints(connection, head.origin, size, head.size):
            await self._write([(checkpoint_path(stored.size), stored.note.encode())])
        await self._write([(CHECKPOINT, str(signed).encode())])

    def _mirrored(self) -> int:
        try:
            return checkpoint.parse(note.parse((self._folder / CHECKPOINT).read_bytes()).text).size
        except FileNotFoundError:
            return 0

    def _changed(self, before: int, after: int) -> list[Resource]:
        """Every tile and bundle that isn't as wide in the smaller tree as in the larger."""
        changed = []
        for level in range((after.bit_length() + 7) // 8):
            for number in range(before >> 8 * (level + 1), (after >> 8 * (level + 1)) + 1):
                width = width_at(TileAddress(level, number), after)
                if width and width != width_at(TileAddress(level, number), before):
                    changed.append(Resource(level, number, width))
                    if level == 0 and self._entries:
                        changed.append(Resource(ENTRIES, number, width))
        return changed

    async def _copy(self, connection: AsyncConnection, resources: list[Resource]) -> None:
        addresses = [TileAddress(each.level, each.number) for each in resources if each.level != ENTRIES]
        tiles = await self._tables.tiles(connection, addresses)
        files = []
        for resource in resources:
            if resource.level == ENTRIES:
                after = resource.number * WIDTH
                content = bundle(await self._tables.entries(connection, after, after + resource.width))
            else:
                content = tiles[TileAddress(resource.level, resource.number)][: resource.width * HASH]
            files.append((path_of(resource), content))
        await self._write(files)

    async def _write(self, files: list[tuple[str, bytes]]) -> None:
        await asyncio.to_thread(self._put, files)

    def _put(self, files: list[tuple[str, bytes]]) -> None:
        write(self._folder, files)
        for path, _ in files:
            # The partial ones are the beginnings of the full one.
            shutil.rmtree(self._folder / f"{path}.p", ignore_errors=True)
