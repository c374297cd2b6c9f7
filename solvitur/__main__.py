"""``python -m solvitur`` is the command ``solvitur``."""

from solvitur.cli import main

if __name__ == "__main__":
    main()
