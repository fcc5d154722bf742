"""Who belongs to the organisation, and where."""
