-- The entries of the tree, each as the fields of infra/ledger/entry.py in their order: COPY writes them as they are hashed.
COPY (
    SELECT e.format::int8,
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
           e.causation_id::text,
           coalesce(sha256(e.salt || e.context), p.context_hash),
           coalesce(sha256(e.salt || e.payload), p.payload_hash)
    FROM {schema}.events e
    LEFT JOIN {schema}.purged p ON p.position = e.position
    WHERE e.position > {after} AND e.position <= {upto}
    ORDER BY e.position
) TO STDOUT (FORMAT binary)
