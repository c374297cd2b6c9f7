"""The families of problems: each a plug-in that draws one story."""
