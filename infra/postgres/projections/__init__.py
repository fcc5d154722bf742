"""Read models in PostgreSQL: their tables, what is written to them, checkpoints and quarantine."""
