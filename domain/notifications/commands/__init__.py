"""What may be wished about notifications: a file for each thing that it is about."""
