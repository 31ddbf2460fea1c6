"""What past coalitions teach: who takes part, learned across coalitions and tried on others."""
