INSERT INTO {keys}.data_keys (id, owner, epoch, wrapped) SELECT k.id, k.owner, k.epoch, k.wrapped FROM pg_temp.staged_keys k
