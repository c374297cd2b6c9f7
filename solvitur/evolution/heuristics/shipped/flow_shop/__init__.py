"""Ordering jobs that go through the same machines."""
