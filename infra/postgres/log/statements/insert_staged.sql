-- $1: the position before the first row; $2: recorded_at.
INSERT INTO {schema}.events (
    format, position, recorded_at, effective_at, event_id, stream, stream_version, type,
    actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, salt
)
SELECT
    1, $1::bigint + s.n, $2::timestamptz, coalesce(s.effective_at, $2::timestamptz), s.event_id, s.stream, s.stream_version, s.type,
    s.actor, s.on_behalf_of, s.command_id, s.correlation_id, s.causation_id, s.context, s.payload, s.salt
FROM pg_temp.staged s
