"""Bringing notifications out of the platform: when, in which words, and again until they are taken on."""
