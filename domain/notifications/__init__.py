"""Notifications: who is told of what, and what they have done about it."""
