"""When the cash comes, and whether it is enough."""
