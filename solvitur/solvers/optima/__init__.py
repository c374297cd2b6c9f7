"""Every optimal point there is."""
