"""What accounts must provide for what is owed: expected credit losses by a provision matrix (definitions §6)."""
