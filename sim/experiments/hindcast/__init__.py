"""How the model does against what was recorded, beside baselines."""
