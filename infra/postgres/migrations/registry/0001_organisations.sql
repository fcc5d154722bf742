-- Every organisation that this database hosts, and the schema that holds its log.
CREATE TABLE onrecord.organisations (
    name       text        COLLATE "C" PRIMARY KEY,
    schema     text        COLLATE "C" NOT NULL UNIQUE,
    id         uuid        NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT ON onrecord.organisations TO onrecord_app;
