-- What was appended after a position, without the lock: for a process that has much to catch up with.
SELECT e.position, e.stream, e.stream_version FROM {schema}.events e WHERE e.position > $1::bigint AND e.position <= $1::bigint + $2::bigint
ORDER BY e.position LIMIT $2::bigint
