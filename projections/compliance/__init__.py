"""What must no longer be shown."""
