-- In a statement of its own: the snapshot of a statement that took the lock would be older than the lock.
SELECT pg_advisory_xact_lock($1::bigint)
