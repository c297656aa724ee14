"""Runs the elbplan command as `python -m elbplan`."""

from .cli.main import main

if __name__ == "__main__":
    main()
