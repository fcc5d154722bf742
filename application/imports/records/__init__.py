"""What an import is made of, in nobody's format: each reader yields these records, in the order of their times."""
