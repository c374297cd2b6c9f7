"""Changes of the five elements as data, and what comes of them."""
