"""What happens with notifications: a file for each thing that it happens to."""
