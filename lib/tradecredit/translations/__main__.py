"""Bring the catalogues up to date with the texts of the code, and say how many wait for a translation."""

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tradecredit.language import ENGLISH, LANGUAGES
from tradecredit.translations.messages import messages

FOLDER = Path(__file__).parent


def main() -> None:
    """Write each catalogue anew: texts that are gone leave it, new ones come in without a translation."""
    found = sorted(messages().items(), key=lambda one: (one[1], str(one[0])))
    for language in (language for language in LANGUAGES if language != ENGLISH):
        file = FOLDER / f"{language}.po"
        known = {}
        if file.exists():
            with file.open("rb") as opened:
                known = {message.id: message.string for message in read_po(opened, locale=language)}
        catalogue = Catalog(locale=language)
        for text, place in found:
            catalogue[text[0] if isinstance(text, tuple) else text] = Message(
                text, known.get(text) or "", [(place, None)]
            )
        with file.open("wb") as opened:
            # Without a header, whose dates would change with each run.
            write_po(opened, catalogue, width=120, omit_header=True, include_lineno=False)
        waiting = sum(not known.get(text) or not all(known[text]) for text, _ in found)
        print(f"{language}: {len(found)} texts, {waiting} without a translation")


if __name__ == "__main__":
    main()
