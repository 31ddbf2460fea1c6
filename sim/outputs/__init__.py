"""What is shown: results folders, tables and figures."""
