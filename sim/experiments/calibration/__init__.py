"""Which parameters make what was recorded likely, and what that is worth where fits have not looked."""
