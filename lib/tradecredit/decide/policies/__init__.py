"""The policy in force and its quotes, compared; alternatives; claims."""
