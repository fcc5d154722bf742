SELECT {columns}
FROM {schema}.events e
WHERE e.position > $1::bigint AND e.position <= $2::bigint AND (right(e.stream, 1) = ANY($4::text[]) OR e.type = ANY($5::text[]))
    AND e.type <> ALL($6::text[])
ORDER BY e.position
LIMIT $3::bigint
