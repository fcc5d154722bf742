-- Rows whose stream doesn't go on from the version before: that one was removed, or came later.
SELECT e.position, e.stream, e.stream_version
FROM {schema}.events e
WHERE e.position > %(after)s AND e.position <= %(upto)s AND e.stream_version > 1
    AND NOT EXISTS (
        SELECT FROM {schema}.events b
        WHERE b.stream = e.stream AND b.stream_version = e.stream_version - 1 AND b.position < e.position
    )
ORDER BY e.position
LIMIT 100
