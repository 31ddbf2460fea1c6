"""How it runs: the rules once, as Mesa agents to be read and as a compiled ensemble to be used."""
