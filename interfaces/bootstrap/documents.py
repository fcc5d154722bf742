"""Trusted documents, for the operator and for the server: where they are, and registering them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.documents import DocumentFolder, NotADocumentFile, read_documents
from interfaces.graphql.documents import Documents
from interfaces.graphql.limits import Limits
from interfaces.graphql.schema.build import build_schema
from interfaces.graphql.trusted import Gate
from interfaces.settings import Settings

__all__ = ["NotADocumentFile", "gate", "register", "registered"]


def gate(settings: Settings) -> Gate:
    """What the server takes documents from."""
    return Gate(DocumentFolder(settings.documents), only=settings.only_trusted_documents)


def registered(settings: Settings) -> Mapping[str, str]:
    """Every registered document by the ids that it has."""
    return DocumentFolder(settings.documents).documents


def register(settings: Settings, paths: Sequence[Path]) -> int:
    """Registers what clients' builds made, all or nothing; how many documents were new. Raises NotADocumentFile."""
    documents, known = Documents(build_schema(), Limits()), DocumentFolder(settings.documents)
    found = {path: read_documents(path) for path in paths}
    for path, texts in found.items():
        for key, text in texts.items():
            if isinstance(wrong := documents.read(text), list):
                raise NotADocumentFile(f"{path}: {key}: {wrong[0].message}")
    return sum(known.add(path.stem, texts) for path, texts in found.items())
