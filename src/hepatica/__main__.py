"""`python -m hepatica`: the same command as `hepatica`."""

from hepatica.cli import main

if __name__ == "__main__":
    main()
