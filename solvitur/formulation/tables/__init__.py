"""Data apart from the model: tables that a user gives, read and never run."""
