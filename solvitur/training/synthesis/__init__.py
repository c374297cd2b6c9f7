"""Word problems with labels that are right by construction."""
