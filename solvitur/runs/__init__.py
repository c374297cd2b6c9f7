"""Recording, bounding and spreading work."""
