"""Past coalitions: who could have taken part, who did, and under which conditions."""
