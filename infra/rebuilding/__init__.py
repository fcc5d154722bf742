"""Processes that share a rebuild."""
