"""What a line that begins with ``/`` does: a file and class a theme, a method a command.

`registry` finds the methods, runs them and says what may be typed next.
"""
