-- $1: a position; $2: kinds of streams. Whether nothing has happened in any of them since.
SELECT NOT EXISTS (
    SELECT FROM {schema}.events e WHERE e.position > $1::bigint AND split_part(e.stream, '/', 1) = ANY($2::text[])
)
