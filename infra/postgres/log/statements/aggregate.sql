-- The events of one of two streams ($1), each with what its versions are counted from ($2): those after a version ($3) and up to
-- one ($4), at most $5.
SELECT own.stream_version - asked.origin, own.type, coalesce(own.payload, '')
FROM unnest($1::text[], $2::bigint[]) AS asked (stream, origin)
CROSS JOIN LATERAL (
    SELECT e.stream_version, e.type, e.payload
    FROM {schema}.events e
    WHERE e.stream = asked.stream AND e.stream_version > $3::bigint + asked.origin AND e.stream_version <= $4::bigint + asked.origin
    ORDER BY e.stream_version {order}
    LIMIT $5::bigint
) AS own
