-- $14: the position before the first row; $15: recorded_at. An array that is NULL stands for nulls; the salts ($13) are one string.
INSERT INTO {schema}.events (
    format, position, recorded_at, effective_at, event_id, stream, stream_version, type,
    actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, salt
)
SELECT
    1, $14::bigint + r.n, $15::timestamptz, coalesce(r.effective_at, $15::timestamptz), r.event_id, r.stream, r.stream_version, r.type,
    r.actor, r.on_behalf_of, r.command_id, r.correlation_id, r.causation_id, r.context, r.payload,
    substr($13::bytea, (r.n::integer - 1) * 16 + 1, 16)
FROM unnest(
    $1::timestamptz[], $2::uuid[], $3::text[], $4::bigint[], $5::text[],
    $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::bytea[], $12::bytea[]
) WITH ORDINALITY AS r (
    effective_at, event_id, stream, stream_version, type,
    actor, on_behalf_of, command_id, correlation_id, causation_id, context, payload, n
)
