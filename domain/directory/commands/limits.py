"""How long what is said of people and departments may be, and how it is written."""

NAME, EMAIL, PHONE, NUMBER, TAG = 200, 254, 60, 60, 60
"""Longest name, title or place, e-mail address (RFC 5321), telephone number, employee number, and tag, in characters."""
ADDRESS = r"^[^\s@]+@[^\s@]+$"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
TIME_ZONE = r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"
