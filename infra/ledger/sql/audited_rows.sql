-- What the entries are computed from: the content, what was kept of it when it was purged, then the entry's other fields in order.
COPY (
    SELECT e.salt,
           e.context,
           e.payload,
           p.context_hash,
           p.payload_hash,
           e.format::int8,
           e.position,
           (extract(epoch FROM e.recorded_at) * 1000000)::int8,
           (extract(epoch FROM e.effective_at) * 1000000)::int8,
           e.event_id::text,
           e.stream,
           e.stream_version,
           e.type,
           e.actor::text,
           e.on_behalf_of::text,
           e.command_id::text,
           e.correlation_id::text,
           e.causation_id::text
    FROM {schema}.events e
    LEFT JOIN {schema}.purged p ON p.position = e.position
    WHERE e.position > {after} AND e.position <= {upto}
    ORDER BY e.position
) TO STDOUT (FORMAT binary)
