"""What to do today so that money comes and cover stays."""
