"""Which unknowns matter most."""
