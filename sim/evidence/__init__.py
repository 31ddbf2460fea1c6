"""What past coalitions say of the nations of a case."""
