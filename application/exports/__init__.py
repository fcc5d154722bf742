"""What leaves an organisation as a file: read as somebody may read it, written in a format that others take."""
