-- $1: who agrees; $2: why.
INSERT INTO {schema}.clock_agreements (upto, agreed_by, reason)
VALUES ((SELECT e.recorded_at FROM {schema}.events e ORDER BY e.position DESC LIMIT 1), $1::text, $2::text)
