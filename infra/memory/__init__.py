"""Ports that need nothing outside: for one process, or where what is outside was lost."""
