"""Who is told of what, and what they do about it."""
