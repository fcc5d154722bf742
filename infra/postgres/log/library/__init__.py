"""The log as the eventsourcing library knows logs: PERSISTENCE_MODULE=infra.postgres.log.library chooses it.

Reads ONRECORD_DATABASE_URL and ONRECORD_ORGANISATION (by default `main`). Ids of aggregates are texts: they are streams.
"""

from infra.postgres.log.library.factory import OnRecordFactory

__all__ = ["OnRecordFactory"]
