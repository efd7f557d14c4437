"""The ledger measured: figures by invoice, by buyer and of the whole book."""
