-- The last position, sought from one that is known ($1) in steps that double, and then halve: positions have no gaps and can be
-- read in their order, so there is one step where they end. max() would walk over all that a large act hasn't committed yet.
WITH RECURSIVE sought (at, step, further) AS (
    SELECT
        CASE WHEN EXISTS (SELECT FROM {schema}.events e WHERE e.position = $1::bigint) THEN $1::bigint ELSE 0 END, 1::bigint, true
    UNION ALL
    SELECT
        CASE WHEN there.found THEN s.at + s.step ELSE s.at END,
        CASE WHEN there.found AND s.further THEN s.step * 2 ELSE s.step / 2 END,
        there.found AND s.further
    FROM sought s,
        LATERAL (SELECT EXISTS (SELECT FROM {schema}.events e WHERE e.position = s.at + s.step) AS found) there
    WHERE s.step > 0
)
SELECT max(at) FROM sought
