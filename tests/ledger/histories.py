"""A small log with its tree, in memory: rows as the log gives them, sealed as the sealer does."""

import random
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from application.ports.log import Row
from infra.ledger import export, mirror, note
from infra.ledger.bundles import bundle
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.cosignature import cosign
from infra.ledger.entry import encode, leaf_hash
from infra.ledger.keys import COSIGNATURE, SigningKey
from infra.ledger.note import Note
from infra.ledger.paths import ENTRIES, Resource, path_of
from infra.ledger.proof_file import ProofFile
from infra.ledger.proofs import inclusion_ranges, roots_of
from infra.ledger.rows import Hashes, entry_of, hashes_of
from infra.ledger.tree import Edge, TileAddress

ORIGIN = "onrecord.example/acme"
LOG = SigningKey(ORIGIN, bytes(range(32)))
WITNESS = SigningKey("witness.example/auditor", bytes(range(2, 34)), COSIGNATURE)
BEGIN = 1_700_000_000_000_000


def rows(count: int, seed: int = 1) -> list[Row]:
    """Rows over a few streams, a second apart; every seventh was purged by nobody yet, every fifth has no actor."""
    drawn = random.Random(seed)
    versions: dict[str, int] = {}
    made = []
    for position in range(1, count + 1):
        stream = f"messaging.message/{UUID(int=drawn.randrange(1 + count // 3))}"
        versions[stream] = versions.get(stream, 0) + 1
        at = BEGIN + position * 1_000_000
        actor = UUID(int=drawn.getrandbits(128)) if position % 5 else None
        made.append(
            Row(
                format=1,
                position=position,
                recorded_at=at,
                effective_at=at - drawn.randrange(1_000),
                event_id=UUID(int=drawn.getrandbits(128)),
                stream=stream,
                stream_version=versions[stream],
                type="messaging.message_posted.v1",
                actor=actor,
                on_behalf_of=None,
                command_id=actor and UUID(int=drawn.getrandbits(128)),
                correlation_id=UUID(int=drawn.getrandbits(128)),
                causation_id=None,
                context=b'{"client":"web"}',
                payload=f'{{"text":"第{position}"}}'.encode(),
                salt=drawn.randbytes(16),
            )
        )
    return made


@dataclass
class Sealed:
    """A history, purged rows' hashes, the tree over it, and checkpoints at some of its sizes."""

    rows: list[Row]
    sizes: tuple[int, ...] = ()
    kept: dict[int, Hashes] = field(default_factory=dict)
    tiles: dict[TileAddress, bytes] = field(default_factory=dict)
    checkpoints: dict[int, Note] = field(default_factory=dict)

    def __post_init__(self) -> None:
        edge, entries = Edge(), self.entries()
        for size in (*self.sizes, len(self.rows)):
            edge, changed = edge.extend(leaf_hash(entry) for entry in entries[edge.size : size])
            self.tiles.update({TileAddress(tile.level, tile.number): tile.hashes for tile in changed})
            signed = note.sign(Checkpoint(ORIGIN, size, edge.root()).text, [LOG])
            seconds = (self.rows[size - 1].recorded_at if size else BEGIN) // 1_000_000 + 1
            self.checkpoints[size] = signed.and_signed([cosign(signed.text, WITNESS, seconds)])

    @property
    def head(self) -> Note:
        return self.checkpoints[len(self.rows)]

    def entries(self) -> list[bytes]:
        return [self.entry(row) for row in self.rows]

    def entry(self, row: Row) -> bytes:
        return encode(entry_of(row, self.kept.get(row.position)))

    def purge(self, position: int) -> None:
        """Removes the content of a row, and keeps its hashes."""
        row = self.rows[position - 1]
        self.kept[position] = hashes_of(row)
        self.rows[position - 1] = row._replace(context=None, payload=None, salt=None)

    def inclusion(self, position: int) -> list[bytes]:
        return roots_of(inclusion_ranges(position - 1, len(self.rows)), self.tiles)

    def proof(self, position: int) -> ProofFile:
        return ProofFile(position - 1, tuple(self.inclusion(position)), self.head, self.entry(self.rows[position - 1]))

    def mirror(self, folder: Path) -> Path:
        """Everything as it is served, and each checkpoint."""
        entries = self.entries()
        files = [(path_of(Resource(*at, len(hashes) // 32)), hashes) for at, hashes in self.tiles.items()]
        for number in range((len(entries) + 255) // 256):
            part = entries[number * 256 : number * 256 + 256]
            files.append((path_of(Resource(ENTRIES, number, len(part))), bundle(part)))
        files += [(mirror.checkpoint_path(size), str(head).encode()) for size, head in self.checkpoints.items()]
        mirror.write(folder, [*files, (mirror.CHECKPOINT, str(self.head).encode())])
        return folder

    def export(self, file: Path, positions: list[int] | None = None) -> Path:
        """All rows, or some with their proofs."""
        lines = [export.header(self.head, whole=positions is None)]
        for row in self.rows:
            if positions is None:
                lines.append(export.line(row, self.kept.get(row.position)))
            elif row.position in positions:
                lines.append(export.line(row, self.kept.get(row.position), self.inclusion(row.position)))
        file.write_bytes(b"".join(lines))
        return file
