"""The verifier for auditors: one file that needs nothing else of this project."""
