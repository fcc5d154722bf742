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
READ_UPTO = """coalesce(
    (select u.upto from {unread_mark} u where u.channel_id = {this}.id and u.person_id = {viewer}),
    (select r.upto from {read_mark} r where r.channel_id = {this}.id and r.person_id = {viewer}))"""
"""How far the viewer has read, as far as they didn't mark it as unread again."""
_SEEN_UPTO = f"greatest(coalesce({_MEMBER_SINCE}, {_NEVER}), {READ_UPTO})"
_COUNTS = "m.author_id <> {viewer} and m.imported is null and not m.retracted"
UNREAD = f"""select count(*)::integer from (
    select from {{message}} m where m.channel_id = {{this}}.id and m.position > {_SEEN_UPTO} and {_COUNTS}
    and (m.thread_id is null or m.also_in_channel) limit {COUNTED}
) t"""
_TARGETS = """array[{viewer}::uuid, {this}.id]
    || array(select v.department_id from {department_membership} v where v.person_id = {viewer})
    || array(select v.group_id from {user_group_member} v where v.person_id = {viewer})"""
_MOST = 22
"""How many mentions of one message may mean the same person: themselves, departments and groups of theirs, and everybody."""
_OF_MESSAGE = f"""cross join lateral (
        select from {{message}} m where m.id = n.message_id and m.channel_id = {{this}}.id
        and m.position > {_SEEN_UPTO} and {_COUNTS} and (n.kind <> 'person' or n.position = m.worded_at) offset 0
    ) k"""
MENTIONED = f"""select least(count(distinct t.message_id), {COUNTED})::integer from (
    (select n.message_id from (
        select * from {{mention}} n
        where n.target = any({_TARGETS}) and n.channel_id = {{this}}.id and n.position > {_SEEN_UPTO} offset 0
    ) n {_OF_MESSAGE} limit {COUNTED * _MOST})
    union all
    (select n.message_id from (
        select * from {{mention}} n
        where n.target = {{viewer}} and n.channel_id is null and n.position > {_SEEN_UPTO} offset 0
    ) n {_OF_MESSAGE} limit {COUNTED})
) t"""
"""By an index on the target and the channel: what else is unread, and what was said to others, costs nothing. Words that came
later don't say where; they are few. `offset 0` keeps the order: first whom it means, then what it says."""
