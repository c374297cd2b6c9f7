"""The five elements in plain words, piece by piece; `in_words` puts them together."""
