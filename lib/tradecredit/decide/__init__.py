"""What to lend, on which terms, and which policy to buy."""
