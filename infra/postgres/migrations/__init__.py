"""The schema of the database, and how it comes to be."""

from infra.postgres.migrations.files import fingerprint
from infra.postgres.migrations.organisations import Organisation, OrganisationNameInvalid, OrganisationSchema
from infra.postgres.migrations.runner import Applied, create_organisation, migrate, organisations, pending

__all__ = [
    "Applied",
    "Organisation",
    "OrganisationNameInvalid",
    "OrganisationSchema",
    "create_organisation",
    "fingerprint",
    "migrate",
    "organisations",
    "pending",
]
