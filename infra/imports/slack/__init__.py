"""Slack's workspace exports: users.json, channels.json and the like, and a folder per channel with a file per day."""
