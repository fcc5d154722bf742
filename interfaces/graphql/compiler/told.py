"""The statement that puts names to notifications for one person, by the same rights as their queries."""

from interfaces.graphql.compiler.rows import Rows, Tables

# $1 is whose inbox it is, $2 the notifications.
TOLD = """
    select coalesce(json_agg(json_build_object(
        'notification', n.id, 'kind', n.kind, 'thing_type', n.thing_type, 'thing', n.thing_id, 'by', b.id, 'by_name', b.name,
        'channel', c.id,
        'place', coalesce(c.name, (select k.name from {channel} k where k.id = a.channel_id), d.name),
        'text', left(m.text, 500)
    ) order by i.position), '[]')::text
    from {seen_inbox_item} i
    join {seen_notification} n on n.id = i.notification_id
    left join {seen_person} b on b.id = n.by_id
    left join {seen_message} m on n.thing_type = 'Message' and m.id = n.thing_id
    left join {seen_channel_invitation} a on n.thing_type = 'ChannelInvitation' and a.id = n.thing_id
    left join {seen_channel} c on c.id = coalesce(m.channel_id, n.thing_id)
    left join {seen_department} d on n.thing_type = 'Department' and d.id = n.thing_id
    where i.person_id = {viewer} and i.notification_id = any($2::uuid[]) and not i.dismissed
        and i.unread_since > coalesce((select r.upto from {inbox_reading} r where r.id = i.person_id), 0)
"""


class _Told(Rows):
    """Rows as one viewer sees them, who is the first parameter."""

    def viewer(self) -> str:
        return "$1::uuid"


def told_statement(tables: Tables) -> str:
    """Takes a person and a list of notifications; gives what the person may see of them, as JSON."""
    rows = _Told(tables)
    return rows.headed(f"{rows.expand(TOLD, '')} and {rows.expand(tables.gate, '')}")
