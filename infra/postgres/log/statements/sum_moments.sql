-- Sums the next positions, at most $1 of them, as far as they are complete; answers how far it has come.
WITH last AS (
    SELECT coalesce(max(m.position), 0) AS position, max(m.effective) AS effective FROM {schema}.moments m
), blocks AS (
    SELECT (e.position + 1023) / 1024 * 1024 AS position, max(e.effective_at) AS effective, max(e.recorded_at) AS recorded
    FROM {schema}.events e, last
    WHERE e.position > last.position AND e.position <= last.position + $1::bigint
        AND e.position <= (SELECT max(h.position) FROM {schema}.events h) / 1024 * 1024
    GROUP BY 1
)
INSERT INTO {schema}.moments (position, effective, recorded)
SELECT b.position, greatest(last.effective, max(b.effective) OVER (ORDER BY b.position)),
       max(b.recorded) OVER (ORDER BY b.position)
FROM blocks b, last
ON CONFLICT DO NOTHING
