-- The rows of streams, each in its order: by the index, whatever the planner thinks of the table.
SELECT {columns}
FROM unnest($1::text[]) AS asked (stream)
CROSS JOIN LATERAL (SELECT * FROM {schema}.events own WHERE own.stream = asked.stream ORDER BY own.stream_version) AS e
