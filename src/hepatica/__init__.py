"""Evidence on liver failure and hepatorenal syndrome that can be checked sentence by sentence."""

__version__ = "0.1.0"
__all__ = ["__version__"]
