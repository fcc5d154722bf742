-- Moves a follower of the library on ($1: its name, $2: to where); no row where it is as far already.
INSERT INTO {schema}.followers AS f (name, position) VALUES ($1::text, $2::bigint)
ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE f.position < excluded.position
RETURNING f.position
