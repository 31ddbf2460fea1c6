"""The version of the package, below all that wants to name it."""

__version__ = "0.2.0"
