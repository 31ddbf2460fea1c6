"""What is shown of a comparison of scenarios."""
