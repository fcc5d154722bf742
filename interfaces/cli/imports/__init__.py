"""The sub-commands of `onrecord import`."""
