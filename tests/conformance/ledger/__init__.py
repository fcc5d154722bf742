"""Programs that nobody here wrote check what the ledger publishes."""
