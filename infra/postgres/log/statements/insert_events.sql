-- $1: the position before the first row; $2: recorded_at. An array that is NULL stands for nulls; the salts are one string.
INSERT INTO {schema}.events (
    format, position, recorded_at, effective_at, event_id, stream, stream_version, type,
    actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, salt
)
SELECT
    1, $1::bigint + r.n, $2::timestamptz, coalesce(r.effective_at, $2::timestamptz), r.event_id, r.stream, r.stream_version, r.type,
    r.actor, r.on_behalf_of, r.command_id, r.correlation_id, r.causation_id, r.context, r.payload,
    substr($15::bytea, (r.n::integer - 1) * 16 + 1, 16)
FROM unnest(
    $3::timestamptz[], $4::uuid[], $5::text[], $6::bigint[], $7::text[],
    $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::bytea[], $14::bytea[]
) WITH ORDINALITY AS r (
    effective_at, event_id, stream, stream_version, type,
    actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, n
)
