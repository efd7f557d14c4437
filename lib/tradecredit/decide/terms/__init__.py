"""Payment terms, discounts, late interest and payment plans."""
