-- How far the followers of the log have come. What is derived from the log may be forgotten: a follower then starts anew.
CREATE TABLE {schema}.followers (
    name        text COLLATE "C"    NOT NULL PRIMARY KEY,
    position    bigint              NOT NULL CHECK (position >= 0)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.followers TO onrecord_app;
