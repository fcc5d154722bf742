-- Rows as they are, and what was kept of those that were purged.
SELECT e.format,
       e.position,
       (extract(epoch FROM e.recorded_at) * 1000000)::int8,
       (extract(epoch FROM e.effective_at) * 1000000)::int8,
       e.event_id,
       e.stream,
       e.stream_version,
       e.type,
       e.actor,
       e.on_behalf_of,
       e.command_id,
       e.correlation_id,
       e.causation_id,
       e.context,
       e.payload,
       e.salt,
       p.context_hash,
       p.payload_hash
FROM {schema}.events e
LEFT JOIN {schema}.purged p ON p.position = e.position
WHERE e.position > %(after)s AND e.position <= %(upto)s
ORDER BY e.position
