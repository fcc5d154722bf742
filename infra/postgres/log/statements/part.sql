SELECT {columns}
FROM {schema}.events e
WHERE e.position > $1::bigint AND e.position <= $2::bigint
    AND (e.type = ANY($5::text[]) OR right(e.stream, 1) = ANY($4::text[]) AND (e.type = ANY($6::text[]) OR e.type <> ALL($7::text[])))
ORDER BY e.position
LIMIT $3::bigint
