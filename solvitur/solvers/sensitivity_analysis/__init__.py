"""What one more of each limit is worth, how far that holds, what comes of other numbers."""
