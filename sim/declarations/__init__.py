"""What the model is made of, each thing declared once: levels, terms, parameters."""
