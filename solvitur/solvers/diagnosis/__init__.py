"""Why there is no optimum: the conflict, the least change that ends it, the way without end."""
