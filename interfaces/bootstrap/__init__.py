"""The only package that wires infra in: what the interfaces need, made from the settings."""

from interfaces.bootstrap.database import EXPECTED, DatabaseState, database, examine_database, migrate_database, reaches_redis

__all__ = ["EXPECTED", "DatabaseState", "database", "examine_database", "migrate_database", "reaches_redis"]
