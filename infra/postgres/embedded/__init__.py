"""A PostgreSQL server that OnRecord starts by itself, so that a laptop needs none."""

from infra.postgres.embedded.errors import EmbeddedPostgresError
from infra.postgres.embedded.layout import has_cluster
from infra.postgres.embedded.options import DURABLE, THROWAWAY
from infra.postgres.embedded.server import EmbeddedPostgres

__all__ = ["DURABLE", "THROWAWAY", "EmbeddedPostgres", "EmbeddedPostgresError", "has_cluster"]
