-- The streams that were there already and were appended to after a position ($1) up to another ($2), with their versions.
SELECT e.stream, max(e.stream_version)
FROM {schema}.events e
WHERE e.position > $1::bigint AND e.position <= $2::bigint AND e.stream_version > 1
GROUP BY e.stream
