-- A table is stale from when a data key was released whose values it had to leave out: only a rebuild shows them again.
-- `made_at` tells such a table from one that was begun afterwards.
ALTER TABLE {schema}.projections
    ADD COLUMN made_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN stale    boolean     NOT NULL DEFAULT false;
