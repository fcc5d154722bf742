-- Appends under the lock if the log is as the writer knows it: its last position is $14, the clock shows something between $15 and
-- $16 and isn't more than five minutes behind the log, no authority has ended ($17), and none of the commands is on record. One row: the
-- clock, and the time under which it was recorded, or NULL where it was not. $1 to $13 are the rows as in insert_events, $18 to $23
-- the commands as in insert_commands.
WITH seen AS MATERIALIZED (
    SELECT clock_timestamp() AS clock, log.position, log.recorded_at
    FROM (SELECT) AS once
    LEFT JOIN LATERAL (SELECT e.position, e.recorded_at FROM {schema}.events e ORDER BY e.position DESC LIMIT 1) AS log ON true
), holds AS MATERIALIZED (
    SELECT greatest(s.clock, s.recorded_at) AS recorded_at
    FROM seen s
    WHERE coalesce(s.position, 0) = $14::bigint
        AND s.clock BETWEEN $15::timestamptz AND $16::timestamptz
        AND coalesce(s.recorded_at <= s.clock + interval '5 minutes', true)
        AND coalesce(greatest(s.clock, s.recorded_at) <= $17::timestamptz, true)
        AND NOT EXISTS (
            SELECT FROM unnest($18::uuid[], $19::uuid[]) AS asked (actor, command_id)
            JOIN {schema}.commands c ON c.actor = asked.actor AND c.command_id = asked.command_id
        )
), written AS (
    INSERT INTO {schema}.events (
        format, position, recorded_at, effective_at, event_id, stream, stream_version, type,
        actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, salt
    )
    SELECT
        1, $14::bigint + r.n, h.recorded_at, coalesce(r.effective_at, h.recorded_at), r.event_id, r.stream, r.stream_version, r.type,
        r.actor, r.on_behalf_of, r.command_id, r.correlation_id, r.causation_id, r.context, r.payload,
        substr($13::bytea, (r.n::integer - 1) * 16 + 1, 16)
    FROM holds h, unnest(
        $1::timestamptz[], $2::uuid[], $3::text[], $4::bigint[], $5::text[],
        $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::bytea[], $12::bytea[]
    ) WITH ORDINALITY AS r (
        effective_at, event_id, stream, stream_version, type,
        actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, n
    )
), answered AS (
    INSERT INTO {schema}.commands (actor, command_id, digest, refusal, first_position, last_position, recorded_at)
    SELECT c.actor, c.command_id, c.digest, c.refusal, c.first_position, c.last_position, h.recorded_at
    FROM holds h, unnest($18::uuid[], $19::uuid[], $20::bytea[], $21::bytea[], $22::bigint[], $23::bigint[])
        AS c (actor, command_id, digest, refusal, first_position, last_position)
)
SELECT s.clock, h.recorded_at FROM seen s LEFT JOIN holds h ON true
