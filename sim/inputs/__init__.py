"""The inputs: rosters, scenarios and behavioural parameters, read from files and checked."""
