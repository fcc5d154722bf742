-- Where the data keys of a large act wait beside its rows.
CREATE TEMPORARY TABLE staged_keys (id uuid, owner uuid, epoch integer, wrapped bytea)
