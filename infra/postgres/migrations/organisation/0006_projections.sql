-- The read models' tables: how far each has come, and the events that it couldn't take. The tables themselves are made by the
-- application, since they follow from declarations; all of it is derived from the log and may be dropped and filled anew.

-- `shape` is a digest of the table's columns. A table being rebuilt has a row of its own.
CREATE TABLE {schema}.projections (
    table_name  text COLLATE "C"    NOT NULL PRIMARY KEY,
    model       text COLLATE "C"    NOT NULL,
    version     integer             NOT NULL CHECK (version > 0),
    shape       text COLLATE "C"    NOT NULL,
    position    bigint              NOT NULL CHECK (position >= 0),
    rebuilds    boolean             NOT NULL DEFAULT false,
    moved_at    timestamptz         NOT NULL DEFAULT clock_timestamp()
);

-- Events that a row couldn't take: `error` says why, without content; NULL waits behind one that failed.
CREATE TABLE {schema}.quarantine (
    table_name  text COLLATE "C"    NOT NULL REFERENCES {schema}.projections ON DELETE CASCADE,
    key         uuid                NOT NULL,
    position    bigint              NOT NULL,
    type        text COLLATE "C"    NOT NULL,
    error       text,
    held_at     timestamptz         NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (table_name, key, position)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.projections, {schema}.quarantine TO onrecord_app;
