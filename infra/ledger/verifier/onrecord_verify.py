#!/usr/bin/env python3
"""Checks what OnRecord has sealed, without OnRecord and without a network: a proof, a mirror, or an export.

Needs Python 3.11 and `cryptography`; copy this one file anywhere. The formats are defined in
docs/reference/ledger-format.md; nothing here is shared with the code that writes them, so that one is a check on the other.
Exit code 0: all that was asked holds. 1: something is wrong, and every finding is named. 2: the question can't be read.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEAD = ("format", "position", "recorded_at", "effective_at", "event_id", "stream", "stream_version", "type")
OPTIONAL = ("actor", "on_behalf_of", "command_id", "correlation_id", "causation_id")
HASHES = ("context_hash", "payload_hash")
FIELDS = (*HEAD, *OPTIONAL, *HASHES)
INTEGERS = ("format", "position", "recorded_at", "effective_at", "stream_version")
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CLOCKS_DIFFER = 300_000_000
"""Microseconds that the log's clock and a witness's may be apart."""


class Wrong(Exception):
    """Something doesn't hold; the message says what and where."""


# Trees: RFC 6962, section 2.1


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


class Tree:
    """The roots of the perfect subtrees that the leaves so far fall into, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.roots: list[bytes] = []

    def add(self, hash_: bytes) -> None:
        carry = self.size
        while carry & 1:
            hash_ = node(self.roots.pop(), hash_)
            carry >>= 1
        self.roots.append(hash_)
        self.size += 1

    def root(self) -> bytes:
        if not self.roots:
            return sha256(b"").digest()
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node(left, root)
        return root


def included(hash_: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that the proof leads to (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size or any(len(value) != 32 for value in (hash_, *proof)):
        raise Wrong(f"a tree of {size} has no leaf {index}, or a hash is not 32 bytes")
    last = size - 1
    for sibling in proof:
        if last == 0:
            raise Wrong("the proof is too long")
        if index & 1 or index == last:
            hash_ = node(sibling, hash_)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            hash_ = node(hash_, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise Wrong("the proof is too short")
    return hash_


# Notes, checkpoints, cosignatures


class Key(NamedTuple):
    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str, algorithm: int) -> "Key":
        name, id_, encoded = [*text.strip().split("+", 2), "", ""][:3]
        raw = unbase64(encoded)
        expected = sha256(name.encode() + b"\n" + raw).digest()[:4]
        if len(raw) != 33 or raw[0] != algorithm or expected.hex() != id_ or not name:
            raise Wrong(f"{text.strip()[:60]!r} is not the key of a {'log' if algorithm == 1 else 'witness'}")
        return cls(name, expected, raw[1:])

    def signed(self, signature: bytes, message: str) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Trust:
    """Whom the auditor trusts: the log's keys, witnesses' keys, and how many of these must have cosigned."""

    keys: list[Key]
    witnesses: list[Key]
    quorum: int


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    cosigned: dict[str, int] = field(default_factory=dict)
    """The time in seconds, by witness."""


def checkpoint(note: str, trust: Trust) -> Checkpoint:
    """A checkpoint that a trusted key signed; a wrong signature by any known key is refused."""
    head, separator, below = note.rpartition("\n\n")
    text = head + "\n"
    lines = head.split("\n")
    if not separator or not below.endswith("\n") or len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]*", lines[1], re.ASCII):
        raise Wrong("not a signed checkpoint")
    by_log = 0
    cosigned: dict[str, int] = {}
    for line in below[:-1].split("\n"):
        dash, name, encoded = [*line.split(" ", 2), "", ""][:3]
        value = unbase64(encoded)
        if dash != "\u2014" or len(value) < 5:
            raise Wrong("a signature line of the checkpoint is malformed")
        for key in trust.keys:
            if (key.name, key.id) == (name, value[:4]):
                if not key.signed(value[4:], text):
                    raise Wrong(f"the signature by {name} on the checkpoint of {lines[1]} is wrong")
                by_log += 1
        for key in trust.witnesses:
            if (key.name, key.id) == (name, value[:4]):
                time = int.from_bytes(value[4:12])
                if not key.signed(value[12:], f"cosignature/v1\ntime {time}\n{text}"):
                    raise Wrong(f"the cosignature by {name} on the checkpoint of {lines[1]} is wrong")
                cosigned[name] = time
    root = unbase64(lines[2])
    if not by_log:
        raise Wrong(f"the checkpoint of {lines[1]} is not signed by a given key")
    if lines[0] not in {key.name for key in trust.keys}:
        raise Wrong(f"the checkpoint is one of {lines[0]}, for which no key was given")
    if len(root) != 32:
        raise Wrong("the checkpoint's root is not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root, cosigned)


def require_quorum(head: Checkpoint, trust: Trust) -> None:
    if len(head.cosigned) < trust.quorum:
        raise Wrong(f"{len(head.cosigned)} of {trust.quorum} required witnesses cosigned the checkpoint of {head.size}")


def unbase64(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong(f"not base64: {text[:60]!r}") from None
    if base64.b64encode(value).decode() != text:
        raise Wrong(f"not base64 in its one spelling: {text[:60]!r}")
    return value


# Entries and rows


def fields_of(entry: bytes) -> dict[str, Any]:
    """The fields of an entry by name."""
    if entry[:3] != b"or1":
        raise Wrong("an entry starts with or1")
    values: dict[str, Any] = {}
    at = 3
    for name in FIELDS:
        length = int.from_bytes(entry[at : at + 4])
        raw = None if length == 0xFFFFFFFF else entry[at + 4 : at + 4 + length]
        if at + 4 > len(entry) or (raw is not None and len(raw) != length):
            raise Wrong(f"the entry ends inside {name}")
        at += 4 + len(raw or b"")
        values[name] = typed(name, raw)
    if at != len(entry):
        raise Wrong("bytes follow the entry")
    return values


def typed(name: str, raw: bytes | None) -> Any:
    if raw is None:
        if name not in OPTIONAL:
            raise Wrong(f"{name} is absent")
        return None
    if name in INTEGERS and len(raw) == 8:
        return int.from_bytes(raw, signed=True)
    if name in HASHES and len(raw) == 32:
        return raw
    if name in INTEGERS or name in HASHES:
        raise Wrong(f"{name} has {len(raw)} bytes")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Wrong(f"{name} is not UTF-8") from None
    if (name in OPTIONAL or name == "event_id") and not UUID.fullmatch(text):
        raise Wrong(f"{name} is not a lower-case UUID")
    return text


def entry_of(row: dict[str, Any]) -> bytes:
    """The entry of a row of an export; content that is present must be the one that was hashed."""
    values = {**row, **content_hashes(row)}
    raws = [raw_of(name, values.get(name)) for name in FIELDS]
    return b"or1" + b"".join(b"\xff\xff\xff\xff" if raw is None else len(raw).to_bytes(4) + raw for raw in raws)


def raw_of(name: str, value: object) -> bytes | None:
    """A field as it is hashed; only what typed() would give back as this value."""
    raw: bytes | None = None
    if isinstance(value, int) and name in INTEGERS and -(1 << 63) <= value < 1 << 63:
        raw = value.to_bytes(8, signed=True)
    elif isinstance(value, bytes):
        raw = value
    elif isinstance(value, str):
        raw = value.encode()
    if typed(name, raw) != value or isinstance(value, bool):
        raise Wrong(f"{name} is {value!r}")
    return raw


def content_hashes(row: dict[str, Any]) -> dict[str, bytes]:
    hashes = {}
    salt = None if row.get("salt") is None else unbase64(row["salt"])
    if salt is not None and len(salt) != 16:
        raise Wrong("salt is not 16 bytes")
    for name in ("context", "payload"):
        given = row.get(f"{name}_hash")
        if row.get(name) is not None:
            if salt is None:
                raise Wrong(f"{name} has no salt")
            computed = sha256(salt + unbase64(row[name])).digest()
            if given is not None and given != computed.hex():
                raise Wrong(f"{name} doesn't have the hash that the row gives for it")
            hashes[f"{name}_hash"] = computed
        elif isinstance(given, str) and re.fullmatch("[0-9a-f]{64}", given):
            hashes[f"{name}_hash"] = bytes.fromhex(given)
        else:
            raise Wrong(f"{name} is absent and its hash too")
    return hashes


class History:
    """What must hold from row to row, beside the hashes: contiguous positions and stream versions, time never back."""

    def __init__(self) -> None:
        self.position = 0
        self.recorded_at = -(1 << 63)
        self.versions: dict[str, int] = {}

    def check(self, row: dict[str, Any], report: "Report") -> None:
        position, stream, version = row["position"], row["stream"], row["stream_version"]
        before = self.versions.get(stream, 0)
        if position != self.position + 1:
            report.wrong(f"position {position} follows position {self.position}")
        if row["recorded_at"] < self.recorded_at:
            report.wrong(f"position {position}: recorded before the one ahead of it (back-dated, or in another order)")
        if version != before + 1:
            report.wrong(f"position {position}: {stream} goes from version {before} to {version}")
        self.position = position
        self.recorded_at = max(self.recorded_at, row["recorded_at"])
        self.versions[stream] = version


class Times:
    """A row can't be older than the last cosigned checkpoint that lacks it, nor newer than the first that has it."""

    def __init__(self, heads: Iterable[Checkpoint]) -> None:
        self.heads = sorted((head.size, time) for head in heads for time in head.cosigned.values())
        self.next = 0

    def check(self, row: dict[str, Any], report: "Report") -> None:
        position, recorded = row["position"], row["recorded_at"]
        while self.next < len(self.heads) and self.heads[self.next][0] < position:
            self.next += 1
        if self.next and recorded < self.heads[self.next - 1][1] * 1_000_000 - CLOCKS_DIFFER:
            report.wrong(f"position {position}: says it was recorded before a witness saw the log without it (back-dated)")
        if self.next < len(self.heads) and recorded > self.heads[self.next][1] * 1_000_000 + CLOCKS_DIFFER:
            report.wrong(f"position {position}: says it was recorded after a witness saw it")


class Report:
    """Everything that was found wrong; the first hundred findings are kept in words."""

    def __init__(self) -> None:
        self.count = 0
        self.findings: list[str] = []

    def wrong(self, finding: str) -> None:
        self.count += 1
        if self.count <= 100:
            self.findings.append(finding)


# The three questions


def check_proof(arguments: argparse.Namespace, trust: Trust, report: Report) -> None:
    head_text, separator, note = read_text(arguments.file).partition("\n\n")
    lines = head_text.split("\n")
    if not separator or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("not a c2sp.org/tlog-proof@v1")
    extra = unbase64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
    if not lines or not (found := re.fullmatch("index (0|[1-9][0-9]*)", lines.pop(0), re.ASCII)):
        raise Wrong("the proof names no index")
    index = int(found[1])
    entry = arguments.entry.read_bytes() if arguments.entry else extra
    if arguments.row:
        entry = entry_of(parse_row(read_text(arguments.row)))
    if entry is None:
        raise Wrong("the proof has no entry with it: give --entry or --row")
    head = checkpoint(note, trust)
    require_quorum(head, trust)
    if included(leaf(entry), index, head.size, [unbase64(line) for line in lines]) != head.root:
        raise Wrong(f"the entry is not at position {index + 1} of the tree of {head.size}")
    row = fields_of(entry)
    if row["position"] != index + 1:
        report.wrong(f"the entry says position {row['position']} and stands at position {index + 1}")
    Times([head]).check(row, report)
    for name, value in row.items():
        say(f"  {name}: {value.hex() if isinstance(value, bytes) else value}")
    say(f"included in {head.origin} at position {index + 1} of {head.size}, {witnessed(head)}")


def check_mirror(arguments: argparse.Namespace, trust: Trust, report: Report) -> None:
    folder: Path = arguments.folder
    head = checkpoint(read_text(folder / "checkpoint"), trust)
    require_quorum(head, trust)
    heads = [head]
    for file in sorted((folder / "checkpoints").rglob("*")):
        # A name that begins with a dot is a file that was being written when its writer was stopped.
        if file.is_file() and not file.name.startswith("."):
            heads.append(checkpoint(read_text(file), trust))
            if str(file.relative_to(folder / "checkpoints")) != number_path(heads[-1].size):
                report.wrong(f"{file.relative_to(folder)} is the checkpoint of {heads[-1].size}")
    for later in heads:
        if later.size > head.size:
            report.wrong(f"a checkpoint of {later.size} was signed, but the log has {head.size}: it was rolled back")
    sealed = (folder / "tile" / "entries").is_dir()
    leaves = entry_leaves(folder, head.size, heads, report) if sealed else tile(folder, "0", head.size)
    check_tiles(folder, leaves, report)
    check_roots(leaves, [each for each in heads if each.size <= head.size], report)
    kind = "positions" if sealed else "positions (hashes alone: the mirror has no entries)"
    say(f"{head.origin}: {head.size} {kind}, {len(heads)} checkpoints, {witnessed(head)}")


def check_export(arguments: argparse.Namespace, trust: Trust, report: Report) -> None:
    with arguments.file.open(encoding="utf-8") as lines:
        header = parse_row(next(lines, ""))
        if header.get("format") != "onrecord-export/1" or not isinstance(header.get("checkpoint"), str):
            raise Wrong("line 1: not the header of an onrecord-export/1")
        head = checkpoint(header["checkpoint"], trust)
        require_quorum(head, trust)
        whole = header.get("whole") is True
        tree, history, times, rows = Tree(), History(), Times([head]), 0
        for number, line in enumerate(lines, 2):
            try:
                row = parse_row(line)
                hash_ = leaf(entry_of(row))
                if whole:
                    tree.add(hash_)
                    history.check(row, report)
                else:
                    require_included(row, hash_, head)
                times.check(row, report)
                rows += 1
            except Wrong as wrong:
                report.wrong(f"line {number}: {wrong}")
    if whole and (tree.size, tree.root()) != (head.size, head.root):
        report.wrong(f"the {tree.size} rows are not the {head.size} that the checkpoint covers")
    kind = "the whole log" if whole else "each with its proof"
    say(f"{head.origin}: {rows} rows, {kind}, {witnessed(head)}")


# What they share


def require_included(row: dict[str, Any], hash_: bytes, head: Checkpoint) -> None:
    proof = row.get("proof")
    if not isinstance(proof, list):
        raise Wrong(f"position {row['position']} has no proof")
    if included(hash_, row["position"] - 1, head.size, [unbase64(value) for value in proof]) != head.root:
        raise Wrong(f"position {row['position']} was changed, or is not of this log")


def entry_leaves(folder: Path, size: int, heads: list[Checkpoint], report: Report) -> bytes:
    """The leaf hashes over the entry bundles, whose entries are checked on the way."""
    history, times, leaves = History(), Times(heads), []
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        raw, at = read_tile(folder, "entries", number, width), 0
        for position in range(number * 256 + 1, number * 256 + width + 1):
            end = at + 2 + int.from_bytes(raw[at : at + 2])
            entry, at = raw[at + 2 : end], end
            leaves.append(leaf(entry))
            try:
                row = fields_of(entry)
            except Wrong as wrong:
                report.wrong(f"position {position}: {wrong}")
                continue
            history.check(row, report)
            times.check(row, report)
        if width == 256 and at != len(raw):
            report.wrong(f"tile/entries/{number_path(number)}: bytes follow its last entry")
    return b"".join(leaves)


def check_tiles(folder: Path, hashes: bytes, report: Report) -> None:
    """Every stored tile holds the hashes computed from the level below it."""
    level = 0
    while hashes:
        if (stored := tile(folder, str(level), len(hashes) // 32)) != hashes:
            at = next(at for at in range(0, len(hashes), 32) if stored[at : at + 32] != hashes[at : at + 32]) // 32
            first = at * 256**level + 1
            where = f"position {first}" if level == 0 else f"positions {first} to {first + 256**level - 1}"
            report.wrong(f"tile/{level}/{number_path(at // 256)}: hash {at % 256} is not the one over {where}")
        full = range(0, len(hashes) // 8192 * 8192, 8192)
        hashes = b"".join([over(hashes[at : at + 8192]) for at in full])
        level += 1


def check_roots(leaves: bytes, heads: list[Checkpoint], report: Report) -> None:
    """Every checkpoint is a beginning of the same tree."""
    tree = Tree()
    for head in sorted(heads, key=lambda each: each.size):
        for at in range(tree.size * 32, head.size * 32, 32):
            tree.add(leaves[at : at + 32])
        if tree.root() != head.root:
            report.wrong(f"the checkpoint of {head.size} was signed over another history (a fork, or a change before it)")


def over(hashes: bytes) -> bytes:
    tree = Tree()
    for at in range(0, len(hashes), 32):
        tree.add(hashes[at : at + 32])
    return tree.root()


def tile(folder: Path, level: str, count: int) -> bytes:
    """The first `count` hashes of a level, from as many tiles as they fill."""
    return b"".join(read_tile(folder, level, at // 256, min(256, count - at)) for at in range(0, count, 256))


def read_tile(folder: Path, level: str, number: int, width: int) -> bytes:
    """A tile or bundle of at least this width; hashes are cut to it."""
    base = folder / "tile" / level / number_path(number)
    partial = base.with_name(f"{base.name}.p") / str(width)
    file = base if width == 256 or not partial.exists() else partial
    try:
        raw = file.read_bytes()
    except OSError:
        raise Wrong(f"{partial.relative_to(folder) if width < 256 else base.relative_to(folder)} is missing") from None
    if level == "entries":
        return raw
    if len(raw) < width * 32:
        raise Wrong(f"{file.relative_to(folder)} has {len(raw)} bytes, {width * 32} are needed")
    return raw[: width * 32]


def number_path(number: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def parse_row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, object_pairs_hook=unique)
    except ValueError:
        raise Wrong("not JSON") from None
    if not isinstance(row, dict):
        raise Wrong("not a JSON object")
    return row


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) != len(row := dict(pairs)):
        raise Wrong("a name stands twice in one object")
    return row


def witnessed(head: Checkpoint) -> str:
    if not head.cosigned:
        return "seen by no witness"
    return "seen by " + ", ".join(f"{name} at {time} s" for name, time in sorted(head.cosigned.items()))


def read_text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def arguments_of(words: list[str] | None) -> argparse.Namespace:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--key", action="append", required=True, help="a key of the log, name+id+base64; repeat it")
    shared.add_argument("--witness", action="append", default=[], help="a key of a witness; repeat it")
    shared.add_argument("--quorum", type=int, help="how many of the witnesses must have cosigned; without it, all")
    parser = argparse.ArgumentParser(prog="onrecord-verify", description=(__doc__ or "").split("\n", 1)[0])
    questions = parser.add_subparsers(required=True, metavar="proof | mirror | export")
    proof = questions.add_parser("proof", parents=[shared], help="a .tlog-proof file: is this record in the log?")
    proof.add_argument("file", type=Path)
    proof.add_argument("--entry", type=Path, help="the entry's bytes, where the file has none with it")
    proof.add_argument("--row", type=Path, help="the record as a line of an export, its content included")
    proof.set_defaults(check=check_proof)
    mirror = questions.add_parser("mirror", parents=[shared], help="a folder of checkpoints, tiles and entries")
    mirror.add_argument("folder", type=Path)
    mirror.set_defaults(check=check_mirror)
    export = questions.add_parser("export", parents=[shared], help="rows as JSON Lines (onrecord-export/1)")
    export.add_argument("file", type=Path)
    export.set_defaults(check=check_export)
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """The command; gives its exit code."""
    arguments = arguments_of(words)
    report = Report()
    try:
        witnesses = [Key.parse(text, 4) for text in arguments.witness]
        quorum = len(witnesses) if arguments.quorum is None else arguments.quorum
        trust = Trust([Key.parse(text, 1) for text in arguments.key], witnesses, quorum)
    except Wrong as wrong:
        say(f"can't ask: {wrong}")
        return 2
    try:
        arguments.check(arguments, trust, report)
    except (Wrong, OSError, UnicodeDecodeError) as wrong:
        report.wrong(str(wrong))
    for finding in report.findings:
        say(f"WRONG: {finding}")
    if report.count > len(report.findings):
        say(f"… and {report.count - len(report.findings)} more")
    say("not verified" if report.count else "verified")
    return 1 if report.count else 0


if __name__ == "__main__":
    sys.exit(main())
