-- What came of commands that were written before.
SELECT c.actor, c.command_id, c.digest, c.refusal, c.first_position, c.last_position, c.recorded_at
FROM unnest($1::uuid[], $2::uuid[]) AS asked (actor, command_id)
JOIN {schema}.commands c ON c.actor = asked.actor AND c.command_id = asked.command_id
