"""Building a tour city by city."""
