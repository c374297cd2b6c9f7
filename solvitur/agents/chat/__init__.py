"""A conversation about a problem, with no terminal in it."""
