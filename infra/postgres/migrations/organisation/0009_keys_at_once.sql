-- One look for all keys of a statement: a large act brings a hundred thousand, and to ask for each took longer than to write it.
DROP TRIGGER refuse_earlier_epoch ON {keys}.data_keys;

CREATE OR REPLACE FUNCTION {keys}.refuse_earlier_epoch() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    earliest integer := (SELECT min(m.epoch) FROM made m);
BEGIN
    IF earliest < (SELECT max(k.epoch) FROM {keys}.data_keys k) THEN
        RAISE EXCEPTION 'epoch % of the key file has been followed by another: restart this process', earliest
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuse_earlier_epoch AFTER INSERT ON {keys}.data_keys REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION {keys}.refuse_earlier_epoch();
