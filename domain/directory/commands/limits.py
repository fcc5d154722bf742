"""How long what is said of people and departments may be, and how it is written."""

NAME, EMAIL = 200, 254
"""Longest name or title, and longest e-mail address (RFC 5321), in characters."""
ADDRESS = r"^[^\s@]+@[^\s@]+$"
