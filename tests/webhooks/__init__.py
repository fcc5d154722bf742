"""Webhooks, against a real receiver."""
