"""What is shown of the stylised facts."""
