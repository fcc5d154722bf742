"""Importing this module imports every context, so that all that they declare is registered."""

# ruff: noqa: F401
import domain.access.administration
import domain.access.auditing
import domain.access.directory
import domain.access.grant
import domain.access.guest
import domain.access.invitation
import domain.access.module
import domain.access.refusals
import domain.access.sign_in
import domain.access.standing
import domain.compliance.data_key
import domain.compliance.purge
import domain.directory.identity
import domain.messaging.draft
import domain.messaging.guests
import domain.messaging.handover
import domain.messaging.inviting
import domain.messaging.joining
import domain.messaging.keeping
import domain.messaging.message
import domain.messaging.muting
import domain.messaging.opening
import domain.messaging.reaction
import domain.messaging.reading
import domain.messaging.scheduled
import domain.notifications.delivery
import domain.notifications.delivery_rules
import domain.notifications.inbox
import domain.notifications.preferences
import domain.notifications.receipt
