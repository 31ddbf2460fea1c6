"""What past coalitions teach of the nations of a case: the design of terms, and draws for a roster."""
