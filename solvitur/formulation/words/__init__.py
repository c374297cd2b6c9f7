"""What the words of a problem say: its numbers, what they are of, and which way they limit."""
