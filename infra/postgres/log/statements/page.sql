SELECT {columns}
FROM {schema}.events e
WHERE e.position > $1::bigint AND e.position <= $2::bigint
ORDER BY e.position
LIMIT $3::bigint
