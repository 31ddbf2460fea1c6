"""How scenarios differ, run by run."""
