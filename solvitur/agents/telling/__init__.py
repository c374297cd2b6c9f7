"""What changed and why, and why it is so, from what the solver proves."""
