"""Floor 2: what the ledger and the accounts say, as figures; no model."""
