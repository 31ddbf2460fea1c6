"""The dashboard: a page that runs the ensemble anew at every move of a slider. `app.py` is its script."""
