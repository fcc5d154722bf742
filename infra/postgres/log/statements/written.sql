-- Which events were written after all, when the connection was lost at a commit.
SELECT e.event_id, e.position, e.recorded_at FROM unnest($1::uuid[]) AS asked (event_id) JOIN {schema}.events e USING (event_id)
