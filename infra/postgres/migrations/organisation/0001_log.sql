-- The log of one organisation, and the table that makes its commands idempotent.
-- The columns of `events` are frozen: every one of them is under the hash (docs/reference/ledger-format.md).

CREATE TABLE {schema}.events (
    format          smallint                  NOT NULL,
    position        bigint                    NOT NULL PRIMARY KEY CHECK (position > 0),
    recorded_at     timestamptz               NOT NULL,
    effective_at    timestamptz               NOT NULL,
    event_id        uuid                      NOT NULL UNIQUE,
    stream          text        COLLATE "C"   NOT NULL,
    stream_version  bigint                    NOT NULL CHECK (stream_version > 0),
    type            text        COLLATE "C"   NOT NULL,
    actor           uuid,
    on_behalf_of    uuid,
    command_id      uuid,
    correlation_id  uuid,
    causation_id    uuid,
    context         bytea       CHECK (octet_length(context) <= 8192),
    payload         bytea       CHECK (octet_length(payload) <= 65536),
    salt            bytea       CHECK (octet_length(salt) = 16),
    UNIQUE (stream, stream_version)
);

COMMENT ON TABLE {schema}.events IS 'The log: positions from 1, without gaps, in the order of commit.';

-- What came of each command. `refusal` is JSON, or NULL where it was done; positions are those written, or for an
-- outcome without events `last_position` is the head that it was decided on.
CREATE TABLE {schema}.commands (
    actor           uuid        NOT NULL,
    command_id      uuid        NOT NULL,
    digest          bytea       NOT NULL CHECK (octet_length(digest) = 32),
    refusal         bytea,
    first_position  bigint,
    last_position   bigint      NOT NULL,
    recorded_at     timestamptz NOT NULL,
    PRIMARY KEY (actor, command_id)
);

-- The hashes of what was purged: with them its leaf can still be recomputed.
CREATE TABLE {schema}.purged (
    position        bigint      NOT NULL PRIMARY KEY REFERENCES {schema}.events,
    authorised_by   bigint      NOT NULL REFERENCES {schema}.events (position),
    context_hash    bytea       NOT NULL CHECK (octet_length(context_hash) = 32),
    payload_hash    bytea       NOT NULL CHECK (octet_length(payload_hash) = 32)
);

CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % of %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The one exception: content may become NULL at a position whose hashes have been kept by `purge`.
CREATE FUNCTION {schema}.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.context IS NULL AND NEW.payload IS NULL AND NEW.salt IS NULL
        AND (NEW.format, NEW.position, NEW.recorded_at, NEW.effective_at, NEW.event_id, NEW.stream, NEW.stream_version, NEW.type)
          = (OLD.format, OLD.position, OLD.recorded_at, OLD.effective_at, OLD.event_id, OLD.stream, OLD.stream_version, OLD.type)
        AND (NEW.actor, NEW.on_behalf_of, NEW.command_id, NEW.correlation_id, NEW.causation_id)
          IS NOT DISTINCT FROM (OLD.actor, OLD.on_behalf_of, OLD.command_id, OLD.correlation_id, OLD.causation_id)
        AND EXISTS (SELECT FROM {schema}.purged p WHERE p.position = OLD.position)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log is append-only: UPDATE of %.% is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only_update BEFORE UPDATE ON {schema}.events FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_update();
CREATE TRIGGER append_only_delete BEFORE DELETE ON {schema}.events FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {schema}.events FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.commands
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.purged
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

-- Removes the content of one position, if an event of the log says that it may go.
CREATE FUNCTION {schema}.purge(purge_position bigint, authority bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM {schema}.events e
        WHERE e.position = authority AND e.type = 'compliance.purge_authorised.v1'
            AND convert_from(e.payload, 'UTF8')::json ->> 'position' = purge_position::text
    ) THEN
        RAISE EXCEPTION 'position % may not be purged: position % of the log does not authorise it', purge_position, authority
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO {schema}.purged (position, authorised_by, context_hash, payload_hash)
        SELECT e.position, authority, sha256(e.salt || e.context), sha256(e.salt || e.payload)
        FROM {schema}.events e WHERE e.position = purge_position AND e.salt IS NOT NULL;
    UPDATE {schema}.events SET context = NULL, payload = NULL, salt = NULL WHERE position = purge_position AND salt IS NOT NULL;
END $$;

REVOKE ALL ON FUNCTION {schema}.purge(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {schema}.purge(bigint, bigint) TO onrecord_app;
GRANT SELECT, INSERT ON {schema}.events, {schema}.commands TO onrecord_app;
GRANT SELECT ON {schema}.purged TO onrecord_app;
