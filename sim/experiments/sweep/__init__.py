"""How outcomes depend on levers and parameters."""
