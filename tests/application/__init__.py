"""The use cases, on a real log."""
