-- What the log has come to at every 1,024th position, so that the position of a time is found without reading the log.
-- Derived from the log, whose rows never change, and filled when first asked for; it may be emptied and is filled anew.

CREATE TABLE {schema}.moments (
    position    bigint          NOT NULL PRIMARY KEY CHECK (position > 0 AND position % 1024 = 0),
    -- The greatest effective_at, and the greatest recorded_at, up to this position: neither ever falls.
    effective   timestamptz     NOT NULL,
    recorded    timestamptz     NOT NULL
);

CREATE INDEX moments_effective ON {schema}.moments (effective, position);
CREATE INDEX moments_recorded ON {schema}.moments (recorded, position);

GRANT SELECT, INSERT ON {schema}.moments TO onrecord_app;
