-- What the log's lock shows: the clock, the operator's last agreement to it, the row at the known head ($1) and what others
-- have appended since, at most $2 rows. One row with nulls where there is none.
SELECT clock_timestamp(), agreement.id, agreement.upto, event.position, event.recorded_at, event.stream, event.stream_version
FROM (SELECT) AS once
LEFT JOIN LATERAL (
    SELECT a.id, a.upto FROM {schema}.clock_agreements a ORDER BY a.id DESC LIMIT 1
) AS agreement ON true
LEFT JOIN LATERAL (
    SELECT e.position, e.recorded_at, e.stream, e.stream_version
    FROM {schema}.events e WHERE e.position >= $1::bigint ORDER BY e.position LIMIT $2::bigint
) AS event ON true
