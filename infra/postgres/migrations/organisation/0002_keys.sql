-- The data keys of one organisation, in a schema of their own so that a backup can leave them out.
-- They are wrapped by a key that is not in the database; what a key is for is said by its stream in the log.

CREATE TABLE {keys}.data_keys (
    id          uuid        NOT NULL PRIMARY KEY,
    owner       uuid        NOT NULL,
    epoch       integer     NOT NULL CHECK (epoch > 0),
    wrapped     bytea       NOT NULL CHECK (octet_length(wrapped) BETWEEN 32 AND 1024)
) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

CREATE INDEX data_keys_owner ON {keys}.data_keys (owner);
CREATE INDEX data_keys_epoch ON {keys}.data_keys (epoch, id);

COMMENT ON TABLE {keys}.data_keys IS 'Wrapped data keys. A destroyed one is gone; vacuum takes what is left of it soon after.';

-- A process that was started before a new epoch would go on wrapping in the old one, whose key is to be removed.
CREATE FUNCTION {keys}.refuse_earlier_epoch() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.epoch < (SELECT max(k.epoch) FROM {keys}.data_keys k) THEN
        RAISE EXCEPTION 'epoch % of the key file has been followed by another: restart this process', NEW.epoch
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_earlier_epoch BEFORE INSERT ON {keys}.data_keys FOR EACH ROW EXECUTE FUNCTION {keys}.refuse_earlier_epoch();

-- The event that destroys a key and the key's deletion are one transaction; nothing else deletes a key.
CREATE FUNCTION {keys}.destroy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM {keys}.data_keys k WHERE k.id = substring(NEW.stream FROM '^compliance\.key/(.*)$')::uuid;
    RETURN NULL;
END $$;

CREATE TRIGGER destroy_key AFTER INSERT ON {schema}.events FOR EACH ROW
    WHEN (NEW.type = 'compliance.data_key_destroyed.v1') EXECUTE FUNCTION {keys}.destroy();

-- A later epoch's wrapping takes the place of an earlier one's; only the owner of the schema may do it. A row that was
-- destroyed or re-wrapped meanwhile is left alone. Answers how many were moved.
CREATE FUNCTION {keys}.rewrap(key uuid[], old_epoch integer[], new_epoch integer, new_wrapped bytea[]) RETURNS integer
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH moved AS (
        UPDATE {keys}.data_keys k SET epoch = new_epoch, wrapped = n.wrapped
        FROM unnest(key, old_epoch, new_wrapped) AS n (id, epoch, wrapped)
        WHERE k.id = n.id AND k.epoch = n.epoch AND n.epoch < new_epoch
        RETURNING 1
    ) SELECT count(*)::integer FROM moved
$$;

REVOKE ALL ON FUNCTION {keys}.destroy(), {keys}.rewrap(uuid[], integer[], integer, bytea[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA {keys} TO onrecord_app;
GRANT SELECT, INSERT ON {keys}.data_keys TO onrecord_app;
