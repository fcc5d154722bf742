-- Versions of a stream that stand twice: asked only where the index that forbids it is gone.
SELECT max(position), stream, stream_version
FROM {schema}.events
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_index i
    WHERE i.indrelid = {table}::regclass AND i.indisunique AND i.indisvalid
        AND pg_catalog.pg_get_indexdef(i.indexrelid) LIKE '%%(stream, stream_version)'
)
GROUP BY stream, stream_version
HAVING count(*) > 1
ORDER BY 1
LIMIT 100
