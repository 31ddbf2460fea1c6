"""What is shown of a cross-validation."""
