"""Importing this module imports every context, so that all that they declare is registered."""

import domain.access.events
import domain.compliance.data_key
import domain.compliance.purge
import domain.directory.events
import domain.messaging.events  # noqa: F401
