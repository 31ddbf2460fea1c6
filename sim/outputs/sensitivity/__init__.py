"""What is shown of a sensitivity analysis."""
