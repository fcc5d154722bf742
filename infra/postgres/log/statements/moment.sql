-- A position that is asked for by $1, with what the log has come to there; the head, the last summed position, and the clock.
SELECT found.position, found.head, found.summed, found.clock,
       (SELECT greatest(m.effective, rest.effective)
        FROM (SELECT coalesce(max(m.position), 0) AS position FROM {schema}.moments m WHERE m.position <= found.position) before
        LEFT JOIN {schema}.moments m ON m.position = before.position,
        LATERAL (
            SELECT max(e.effective_at) AS effective FROM {schema}.events e
            WHERE e.position > before.position AND e.position <= found.position
        ) rest) AS effective
FROM (
    SELECT {found} AS position, head.position AS head, summed.position AS summed, clock_timestamp() AS clock
    FROM (SELECT coalesce(max(m.position), 0) AS position FROM {schema}.moments m) summed,
        LATERAL ({newest}) head (position)
) found
