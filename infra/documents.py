"""Trusted documents in a folder: files as the builds of clients make them."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import structlog

log = structlog.get_logger("documents")

LARGEST = 64 * 2**20
"""Bytes of a file that are read at most."""


class NotADocumentFile(Exception):
    """The file isn't what a client's build makes; the text says in what way."""


def read_documents(path: Path) -> dict[str, str]:
    """The documents of one file by their ids.

    Known are a JSON object of ids and texts, as relay-compiler and graphql-codegen write it, and the manifest that Apollo's tools
    write. Raises NotADocumentFile.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NotADocumentFile(f"{path}: it has more than {LARGEST} bytes")
        found = orjson.loads(path.read_bytes())
    except OSError as error:
        raise NotADocumentFile(f"{path}: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise NotADocumentFile(f"{path}: it is not JSON") from None
    documents = dict(_pairs(found)) if isinstance(found, dict) else {}
    if not documents or not all(isinstance(text, str) and isinstance(key, str) and key for key, text in documents.items()):
        raise NotADocumentFile(f"{path}: it holds no documents by their ids")
    return documents


def _pairs(found: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    operations = found.get("operations")
    if not isinstance(operations, list):
        yield from found.items()
        return
    for operation in operations:
        if isinstance(operation, dict):
            yield operation.get("id"), operation.get("body")


class DocumentFolder:
    """Fulfils interfaces.graphql.trusted.Trusted. It looks into the folder again when it is asked for what it doesn't know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: frozenset[tuple[str, int, int]] | None = None
        self._texts: dict[str, str] = {}
        self._known: frozenset[str] = frozenset()

    def text(self, document_id: str) -> str | None:
        """The document of this id; also of the SHA-256 of its text, with `sha256:` before it or without."""
        found = self._texts.get(document_id)
        if found is None and self._look():
            found = self._texts.get(document_id)
        return found

    def holds(self, text: str) -> bool:
        """Whether this is the text of one of them."""
        return text in self._known or (self._look() and text in self._known)

    def add(self, name: str, documents: Mapping[str, str]) -> int:
        """Keeps documents in a file of this name; how many of them were new. Raises NotADocumentFile for an id with two texts."""
        self._look()
        if changed := sorted(key for key, text in documents.items() if self._texts.get(key, text) != text):
            raise NotADocumentFile(f"{name}: another document is registered under {', '.join(changed[:3])}")
        new = {key: text for key, text in documents.items() if key not in self._texts}
        if new:
            self.folder.mkdir(parents=True, exist_ok=True)
            content = orjson.dumps(new, option=orjson.OPT_INDENT_2)
            path = self.folder / f"{name}-{sha256(content).hexdigest()[:12]}.json"
            whole = path.with_suffix(".new")
            whole.write_bytes(content)
            whole.replace(path)
            self._look()
        return len(new)

    @property
    def documents(self) -> Mapping[str, str]:
        """Every text by the ids that it has."""
        self._look()
        return self._texts

    def _look(self) -> bool:
        """Reads the folder if a file came, went or changed; whether one did."""
        try:
            files = sorted(self.folder.glob("*.json"))
            seen = frozenset((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
        except OSError:
            return False
        if seen == self._seen:
            return False
        texts: dict[str, str] = {}
        for path in files:
            try:
                found = read_documents(path)
            except NotADocumentFile as error:
                log.warning("documents can't be read", reason=str(error))
                continue
            for key, text in found.items():
                digest = sha256(text.encode()).hexdigest()
                texts |= {digest: text, f"sha256:{digest}": text}
                if texts.setdefault(key, text) != text:
                    log.warning("a document's id has two texts; the first one holds", id=key, file=path.name)
        self._seen, self._texts, self._known = seen, texts, frozenset(texts.values())
        return True
