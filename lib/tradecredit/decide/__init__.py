"""Floor 4: what to do: limits."""
