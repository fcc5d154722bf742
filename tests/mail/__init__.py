"""E-mail, against a real mail server."""
