"""SQL for what somebody has not read yet in a channel. What was imported counts as read, as does what one said oneself."""

COUNTED = 100
"""Counting ends here: whoever has this many unread needn't know how many exactly."""

_NEVER = "9223372036854775807"
"""Beyond every position: whoever takes no part has nothing to read."""
_MEMBER_SINCE = """(select min(s.since) from (
    select o.since from {channel_stint} o
    where o.channel_id = {this}.id and o.person_id = {viewer} and o.until is null
    union all
    select d.since from {department_stint} d
    where {this}.kind = 'department' and d.department_id = {this}.department_id and d.person_id = {viewer} and d.until is null
) s)"""
READ_UPTO = "(select r.upto from {read_mark} r where r.channel_id = {this}.id and r.person_id = {viewer})"
"""How far the viewer has read."""
_LEFT = f"""{{message}} m where m.channel_id = {{this}}.id
    and m.position > greatest(coalesce({_MEMBER_SINCE}, {_NEVER}), {READ_UPTO})
    and m.author_id <> {{viewer}} and m.imported is null and not m.retracted"""
UNREAD = f"""select count(*)::integer from (
    select from {_LEFT} and (m.thread_id is null or m.also_in_channel) limit {COUNTED}
) t"""
MENTIONED = f"""select count(*)::integer from (
    select from {_LEFT} and exists (select from {{mention}} n where n.message_id = m.id and n.person_id = {{viewer}})
    limit {COUNTED}
) t"""
