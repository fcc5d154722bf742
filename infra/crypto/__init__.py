"""Data keys, the key file that wraps them, and pseudonyms."""
