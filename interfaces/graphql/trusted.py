"""Trusted documents: operations that were registered when a client was built, and are asked for by their ids."""

from typing import Any, Protocol

from graphql import GraphQLError

from interfaces.graphql.answers import Request


class Trusted(Protocol):
    """The registered documents."""

    def text(self, document_id: str) -> str | None:
        """The document of this id, or None."""
        ...

    def holds(self, text: str) -> bool:
        """Whether this is the text of one of them."""
        ...


class Unknown(GraphQLError):
    """Nothing was registered under the id. The code is the one that clients with automatic persisted queries know."""

    def __init__(self) -> None:
        super().__init__(
            "No document is registered under this id: register what the client's build made.",
            extensions={"code": "PERSISTED_QUERY_NOT_FOUND"},
        )


class NotTrusted(GraphQLError):
    """Only registered documents are executed here."""

    def __init__(self) -> None:
        super().__init__(
            "Only registered documents are answered here. Register this one, and ask for it by its id.",
            extensions={"code": "DOCUMENT_NOT_TRUSTED"},
        )


class NoDocuments:
    """Where nothing is registered."""

    def text(self, document_id: str) -> str | None:  # noqa: ARG002 (there is none)
        """None."""
        return None

    def holds(self, text: str) -> bool:  # noqa: ARG002
        """False."""
        return False


class Gate:
    """Finds the text of a request's document. `only`: whether others than registered ones are refused."""

    def __init__(self, trusted: Trusted | None = None, *, only: bool = False) -> None:
        self.trusted, self.only = trusted or NoDocuments(), only

    def text(self, request: Request) -> str:
        """The document to execute. Raises Unknown, NotTrusted."""
        if request.document_id is not None:
            found = self.trusted.text(request.document_id)
            if found is not None:
                return found
            if not request.query:
                raise Unknown
        if self.only and not self.trusted.holds(request.query):
            raise NotTrusted
        return request.query


def document_id(body: Any) -> str | None:
    """The id in a request: `documentId`, or the hash in `extensions.persistedQuery`. Raises ValueError, in words."""
    given = body.get("documentId")
    if given is None:
        persisted = (body.get("extensions") or {}).get("persistedQuery")
        given = persisted.get("sha256Hash") if isinstance(persisted, dict) else persisted
    if given is not None and not (isinstance(given, str) and given):
        raise ValueError("The id of a document is a string.")
    return given
