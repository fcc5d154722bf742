-- What was appended after a position ($1) up to one ($2), of some types ($4; an empty array: of all), at most $3.
SELECT e.position, e.stream, e.stream_version, e.type, coalesce(e.payload, '')
FROM {schema}.events e
WHERE e.position > $1::bigint AND e.position <= $2::bigint AND (cardinality($4::text[]) = 0 OR e.type = ANY ($4::text[]))
ORDER BY e.position
LIMIT $3::bigint
