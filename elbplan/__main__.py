"""python -m elbplan: the same as the elbplan command."""

from .cli.main import main

if __name__ == "__main__":
    main()
