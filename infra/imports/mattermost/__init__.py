"""Mattermost's bulk exports: one file of JSON Lines with users, channels and posts."""
