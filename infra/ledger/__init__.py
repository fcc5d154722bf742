"""The sealed history: entries, tree, signed checkpoints, witnesses (docs/reference/ledger-format.md)."""
