"""Answers that analysts come for, a module each: why, what it would take, who is pivotal, whom to persuade."""
