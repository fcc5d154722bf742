-- What records the migrations. Run at the start of every migration; must change nothing where it was run before.
CREATE SCHEMA IF NOT EXISTS onrecord;

CREATE TABLE IF NOT EXISTS onrecord.migrations (
    schema     text        COLLATE "C" NOT NULL,
    number     integer     NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    digest     text        COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (schema, number)
);

GRANT USAGE ON SCHEMA onrecord TO onrecord_app;
GRANT SELECT ON onrecord.migrations TO onrecord_app;
