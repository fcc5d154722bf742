INSERT INTO {schema}.commands (actor, command_id, digest, refusal, first_position, last_position, recorded_at)
SELECT c.actor, c.command_id, c.digest, c.refusal, c.first_position, c.last_position, $7::timestamptz
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[])
    AS c (actor, command_id, digest, refusal, first_position, last_position)
