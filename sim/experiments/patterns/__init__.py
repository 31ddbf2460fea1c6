"""Whether the model reproduces stylised facts: patterns that it was not fitted to, each with its source."""
