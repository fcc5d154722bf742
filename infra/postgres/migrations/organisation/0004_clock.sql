-- An operator's agreement to the database's clock after it jumped, or while it lags behind the log (docs/adr on the log).

CREATE TABLE {schema}.clock_agreements (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agreed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The log's last recorded_at then: up to it the clock may lag behind the log.
    upto        timestamptz,
    agreed_by   text        NOT NULL CHECK (agreed_by <> ''),
    reason      text        NOT NULL CHECK (reason <> '')
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.clock_agreements
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

GRANT SELECT, INSERT ON {schema}.clock_agreements TO onrecord_app;
