"""Events and contexts as JSON bytes, and back."""
