"""Compliance: the life of data keys, and what may be removed from the log."""
