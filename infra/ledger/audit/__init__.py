"""The audit: every row hashed anew and compared with what was sealed, on all cores."""
