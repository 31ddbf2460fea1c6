"""What analysts ask, a module a question: why, what would it take, who is pivotal, whom to persuade."""
