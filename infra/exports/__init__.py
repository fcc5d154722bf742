"""Formats that an organisation's history is written in for others."""
