"""The five elements as LaTeX."""
