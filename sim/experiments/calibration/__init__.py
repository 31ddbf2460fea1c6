"""Which parameters fit what was observed, and what that is worth where fits have not looked."""
