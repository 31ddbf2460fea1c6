"""What is shown of past coalitions and of what they teach."""
