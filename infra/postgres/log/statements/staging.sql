-- Where the rows of a large act wait, outside the log's lock, in the order in which they will be written.
CREATE TEMPORARY TABLE staged (
    n bigint, effective_at timestamptz, event_id uuid, stream text, stream_version bigint, type text,
    actor uuid, on_behalf_of uuid, command_id uuid, correlation_id uuid, causation_id uuid, context bytea, payload bytea, salt bytea
)
