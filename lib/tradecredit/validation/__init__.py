"""Whether the default model can be trusted."""
