"""Documents: what an answer says, written once, for the terminal, for pages and for notebooks."""
