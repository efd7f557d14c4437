"""What a policy is, what it covers, and what it pays."""
