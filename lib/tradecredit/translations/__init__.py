"""Catalogues of translations, `<language>.po`; `python -m tradecredit.translations` brings them up to date."""
