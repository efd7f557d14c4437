"""Catalogues of translations (`<language>.po`), and what keeps them up to date: `python -m tradecredit.translations`."""
