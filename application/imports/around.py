"""What is imported around messages, as claims: what stands on top of a channel, polls and what was chosen."""

from application.bulk import Claim
from application.imports.naming import Names, claim
from application.imports.records import Chosen, Noticed, Polled
from domain.messaging import imported
from domain.messaging.notice import Notice
from domain.messaging.poll import Poll, PollAnswer


def around(record: Noticed | Polled | Chosen, names: Names) -> Claim:
    """What a record claims."""
    channel, message = names.channel(record.channel), names.message(record.channel, record.message)
    poll = names.poll(record.channel, record.message)
    match record:
        case Noticed():
            by = names.person(record.by)
            return claim(
                Notice,
                (channel,),
                lambda s: imported.noticed(s, channel=channel, message=message, by=by),
                record.at,
                f"notice {message}",
                by,
            )
        case Polled(options=options, several=several):
            author = names.person(record.author)
            return claim(
                Poll,
                (poll,),
                lambda s: imported.poll_opened(
                    s, channel=channel, message=message, author=author, options=options, several=several
                ),
                record.at,
                "asked",
                author,
            )
        case Chosen(choices=choices):
            person = names.person(record.person)
            return claim(
                PollAnswer,
                (poll, person),
                lambda s: imported.poll_answered(s, poll=poll, person=person, choices=choices),
                record.at,
                f"chosen {choices}",
                person,
            )
