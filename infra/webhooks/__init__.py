"""Webhooks: CloudEvents, signed, sent where they may go."""
