"""Data keys, the key file, and where keys are stored."""
