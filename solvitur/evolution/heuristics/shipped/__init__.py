"""The problems that ship: a folder each, in the form of a problem of one's own."""
