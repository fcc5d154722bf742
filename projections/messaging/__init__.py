"""Where people talk, and what they say."""
