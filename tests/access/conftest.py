"""A running server for each test, or for a file whose tests leave it as it is."""

from tests.http.conftest import served, shared

__all__ = ["served", "shared"]
