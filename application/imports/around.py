"""What is imported around messages, as claims: what stands on top of a channel, polls and what was chosen."""

from application.bulk import Claim
from application.envelope import moment
from application.imports.naming import Names, claim
from application.imports.records.messages import Chosen, Noticed, Polled, PollEnded
from domain.messaging import imported
from domain.messaging.notice import Notice
from domain.messaging.poll import Poll, PollAnswer


def around(record: Noticed | Polled | Chosen | PollEnded, names: Names) -> Claim:
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
        case Polled(options=options, several=several, closes_at=until):
            author, closes_at = names.person(record.author), None if until is None else moment(until)
            return claim(
                Poll,
                (poll,),
                lambda s: imported.poll_opened(
                    s, channel=channel, message=message, author=author, options=options, several=several, closes_at=closes_at
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
        case PollEnded():
            by = names.person(record.by)
            return claim(Poll, (poll,), lambda s: imported.poll_closed(s, by=by), record.at, "closed", by)
