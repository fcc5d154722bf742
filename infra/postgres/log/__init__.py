"""The event log in PostgreSQL: one writer per process and organisation, readers, and the news of what was written."""
