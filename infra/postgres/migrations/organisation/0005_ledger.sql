-- The sealed history (docs/reference/ledger-format.md). Everything here can be computed again from the log, except the
-- signatures: those also lie outside the database, and with witnesses.

-- How far the log is sealed. Whoever seals locks this row; `published` is what may be shown to others.
CREATE TABLE {schema}.ledger (
    one         boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    origin      text        COLLATE "C" NOT NULL,
    size        bigint      NOT NULL CHECK (size >= 0),
    published   bigint      NOT NULL CHECK (published BETWEEN 0 AND size)
);

-- Each tile once, as wide as it is now: a narrower one of before is its beginning.
CREATE TABLE {schema}.ledger_tiles (
    level       smallint    NOT NULL CHECK (level BETWEEN 0 AND 63),
    number      bigint      NOT NULL CHECK (number >= 0),
    hashes      bytea       NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
);
ALTER TABLE {schema}.ledger_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE {schema}.ledger_checkpoints (
    origin      text        COLLATE "C" NOT NULL,
    size        bigint      NOT NULL CHECK (size > 0),
    root        bytea       NOT NULL CHECK (octet_length(root) = 32),
    note        text        COLLATE "C" NOT NULL,
    sealed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (origin, size)
);

-- What witnesses said of a checkpoint, as the line that stands under it; `seconds` is the time in it.
CREATE TABLE {schema}.ledger_cosignatures (
    origin      text        COLLATE "C" NOT NULL,
    size        bigint      NOT NULL,
    witness     text        COLLATE "C" NOT NULL,
    seconds     bigint      NOT NULL,
    line        text        COLLATE "C" NOT NULL,
    PRIMARY KEY (origin, size, witness),
    FOREIGN KEY (origin, size) REFERENCES {schema}.ledger_checkpoints
);

CREATE FUNCTION {schema}.refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF substr(NEW.hashes, 1, octet_length(OLD.hashes)) = OLD.hashes AND (NEW.level, NEW.number) = (OLD.level, OLD.number) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a tile only grows: %/% of %', OLD.level, OLD.number, TG_TABLE_SCHEMA
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER only_grows BEFORE UPDATE ON {schema}.ledger_tiles FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_shrinking();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON {schema}.ledger_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.ledger_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON {schema}.ledger_cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

GRANT SELECT, INSERT, UPDATE ON {schema}.ledger, {schema}.ledger_tiles TO onrecord_app;
GRANT SELECT, INSERT ON {schema}.ledger_checkpoints TO onrecord_app;
GRANT SELECT, INSERT, UPDATE ON {schema}.ledger_cosignatures TO onrecord_app;
