"""The version of the package, below all that wants to name it."""

__version__ = "0.1.0"
