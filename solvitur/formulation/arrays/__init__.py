"""Whole arrays instead of one number after the other: what makes large formulations quick.

The words mean what they mean in `solvitur.formulation.evaluate`, which goes key by key; whatever
cannot be said here (an entry that is missing, a division by zero) is left to it, and so are the
messages.
"""
