"""Keys: restricted, released, destroyed; and what a destroyed one leaves behind."""
