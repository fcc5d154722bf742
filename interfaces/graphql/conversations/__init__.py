"""Whole conversations, read under a case through the API's own queries."""
