"""Bring the catalogues up to date with the texts of the code, and say how many wait for a translation."""

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from tradecredit.language import ENGLISH, LANGUAGES, SWISS, Translations, translations
from tradecredit.translations.messages import messages

FOLDER = Path(__file__).parent


def main() -> None:
    """Write each catalogue anew: texts that are gone leave it, new ones come in without a translation."""
    found = sorted(messages().items(), key=lambda one: (one[1], str(one[0])))
    for language in (language for language in LANGUAGES if language not in (ENGLISH, SWISS)):
        file = FOLDER / f"{language}.po"
        known = translations(language) if file.exists() else Translations({}, {})
        catalogue, waiting = Catalog(locale=language), 0
        for text, place in found:
            string = known.counted.get(text) if isinstance(text, tuple) else known.texts.get(text)
            waiting += string is None
            one = text[0] if isinstance(text, tuple) else text
            catalogue[one] = Message(text, string or "", auto_comments=[place])
        with file.open("wb") as opened:
            # Without a header, whose dates would change with each run.
            write_po(opened, catalogue, width=120, omit_header=True)
        print(f"{language}: {len(found)} texts, {waiting} without a translation")


if __name__ == "__main__":
    main()
