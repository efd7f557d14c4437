"""Bring the catalogues up to date with the texts of the code, and say what is missing."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tradecredit.language import ENGLISH, LANGUAGES
from tradecredit.translations.messages import messages

FOLDER = Path(__file__).parent


def main() -> None:
    """Write each catalogue anew: texts that are gone leave it, new ones come in without a translation."""
    found = messages()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        file = FOLDER / f"{language}.po"
        known = Catalog(locale=language)
        if file.exists():
            with file.open("rb") as opened:
                known = read_po(opened, locale=language)
        catalogue = Catalog(locale=language, project="tradecredit", copyright_holder="", header_comment="#")
        missing = 0
        for text, place in sorted(found.items(), key=lambda one: (one[1], str(one[0]))):
            before = known.get(text[0] if isinstance(text, tuple) else text)
            string = (
                before.string
                if before is not None and isinstance(before.id, tuple) == isinstance(text, tuple)
                else None
            )
            missing += not (string and all(string if isinstance(string, tuple) else [string]))
            catalogue.add(text, string, locations=[(place, None)])
        with file.open("wb") as opened:
            write_po(opened, catalogue, width=120, sort_output=False, include_lineno=False)
        print(f"{language}: {len(found)} texts, {missing} without a translation")


if __name__ == "__main__":
    main()
