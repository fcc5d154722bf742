INSERT INTO pg_temp.staged_keys
SELECT k.id, k.owner, k.epoch, k.wrapped
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bytea[]) AS k (id, owner, epoch, wrapped)
