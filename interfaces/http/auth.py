"""Who asks: the bearer token of a request (RFC 6750), and the organisation that it is for."""

from collections.abc import Mapping

from interfaces.graphql.answers import Session
from interfaces.graphql.service import Service
from interfaces.http.media import NotUnderstood
from interfaces.http.tokens import TokenRefused, Tokens


class Entrance:
    """Lets requests in, each to the service of its token's organisation."""

    def __init__(self, tokens: Tokens, services: Mapping[str, Service]) -> None:
        self.tokens, self.services = tokens, services

    def by_header(self, authorization: str | None) -> tuple[Session, Service]:
        """The session of an Authorization header. Raises NotUnderstood (401)."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorised("Send a token: Authorization: Bearer ….", "")
        return self.by_token(token.strip())

    def by_token(self, token: str) -> tuple[Session, Service]:
        """The session of a token. Raises NotUnderstood (401)."""
        try:
            session = self.tokens.session(token)
        except TokenRefused as error:
            raise _unauthorised(str(error), ', error="invalid_token"') from None
        return session, self.services[session.organisation]


def _unauthorised(reason: str, error: str) -> NotUnderstood:
    return NotUnderstood(401, reason, {"WWW-Authenticate": f'Bearer realm="onrecord"{error}'})
