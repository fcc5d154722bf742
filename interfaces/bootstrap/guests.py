"""The desk where guests come in, with the letters that it may send."""

from application.deliveries.carriers import Ways
from application.deliveries.choices import StreamedChoices
from application.guest_letters import Correspondence
from application.guests import GuestDesk
from application.ports.rates import Rates
from infra.system import random_id
from interfaces.bootstrap.organisation import OpenOrganisation


def guest_desk(organisation: OpenOrganisation, rates: Rates, offered: Ways) -> GuestDesk:
    """The desk of one organisation; without a mail server it sends nothing."""
    choices = StreamedChoices(organisation.log.reader, organisation.codec, organisation.keys, offered.offered)
    letters = Correspondence(choices, offered.mailer, offered.opens_at) if offered.mailer is not None else None
    return GuestDesk(organisation.platform, rates, random_id, letters)
