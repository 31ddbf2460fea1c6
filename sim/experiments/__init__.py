"""What is asked: runs of a scenario and what they add up to."""
