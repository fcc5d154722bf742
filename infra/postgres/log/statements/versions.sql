-- The versions of streams; 0 where a stream is absent.
SELECT asked.stream, coalesce((SELECT max(e.stream_version) FROM {schema}.events e WHERE e.stream = asked.stream), 0)
FROM unnest($1::text[]) AS asked (stream)
