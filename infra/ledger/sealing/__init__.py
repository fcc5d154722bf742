"""Sealing: what the log has grown by goes under a signed checkpoint, once a second and on demand."""
