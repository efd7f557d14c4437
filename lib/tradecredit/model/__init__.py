"""Floor 3: default probability, losses and insurance."""
