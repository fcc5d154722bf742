"""Redis or Valkey, for what several processes share. Whatever is kept here may be lost at any moment."""
