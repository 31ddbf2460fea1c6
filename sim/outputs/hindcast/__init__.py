"""What is shown of a hindcast."""
