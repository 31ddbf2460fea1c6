"""What is shown of an explanation."""
