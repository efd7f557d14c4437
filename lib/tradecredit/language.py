"""The language of what is read: sentences, labels and headings, looked up by their English.

`tr` marks a text and gives it in the language of the report; what has no translation stays English. Translations are
gettext catalogues, `translations/<language>.po`; `python -m tradecredit.translations` brings them up to date with the
texts of the code, and says what is missing.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import NamedTuple, get_args

from tradecredit.params.base import ReportLanguage

LANGUAGES = get_args(ReportLanguage)
"""What a run file may say (`language`)."""
ENGLISH = "en"

SWISS = "de-CH"
"""German as Switzerland writes it: with its separators, and ss for ß; its texts are those of German."""

_SEPARATORS = {"de": str.maketrans(",.", ".,"), SWISS: str.maketrans(",’", "’,")}
_DECIMALS, _THOUSANDS = re.compile(r"(?<=\d),(?=\d)"), re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")

_spoken = ENGLISH


def spoken() -> str:
    """Return the language of what is being written, whatever country's form it has."""
    return _spoken.partition("-")[0]


def written() -> str:
    """Return the language of what is being written as a run file names it, with the country whose form it has."""
    return _spoken


def speak(language: str) -> None:
    """Write all that follows in a language; raises `ValueError` for one that is not of `LANGUAGES`."""
    # A variable of the process: a notebook's cells each run in a copy of their context.
    global _spoken
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not known; use {', '.join(LANGUAGES)}")
    _spoken = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in a language what is written within the block."""
    before = _spoken
    speak(language)
    try:
        yield
    finally:
        speak(before)


def tr(text: str, /, **values: object) -> str:
    """Return a text in the language spoken, with its `{places}` filled; `text` itself where no translation is known.

    A value that is itself a text of ours and begins in lower case, part of a sentence and no name, is looked up too.
    Without values the text is taken as it is, braces and all. A translation may leave out a place that its language
    has no use for. Raises `KeyError` for a place without a value.

    >>> tr("{buyers} owe more", buyers="3 buyers")
    '3 buyers owe more'
    """
    if _spoken != ENGLISH:
        text = translations(_spoken).texts.get(text, text)
        values = {name: fragment(value) for name, value in values.items()}
    return text.format(**values) if values else text


def separated(number: str) -> str:
    """Return a number as English writes it with the separators of the language spoken, and its per cent sign.

    >>> separated("1,234.5 %")
    '1,234.5 %'
    """
    if spoken() == "zh":
        return number.replace(" %", "%")
    return number.translate(_SEPARATORS[_spoken]) if _spoken in _SEPARATORS else number


def fragment(value: object) -> object:
    """Return a value for a sentence: a text of ours that begins in lower case translated, all else as it is."""
    return tr(value) if isinstance(value, str) and value[:1].islower() else value


def known(text: str) -> bool:
    """Return whether a text has a translation into the language spoken."""
    return _spoken != ENGLISH and text in translations(_spoken).texts


def tr_number(one: str, many: str, number: float, /, **values: object) -> str:
    """Return `one` or `many`, whichever the language spoken has for a number, with its `{places}` filled.

    >>> tr_number("{number} buyer", "{number} buyers", 2, number=2)
    '2 buyers'
    """
    text = one if number == 1 else many
    if _spoken != ENGLISH:
        forms = translations(_spoken).counted.get((one, many))
        text = text if forms is None else forms[0 if number == 1 else -1]
    return text.format(**values)


class Translations(NamedTuple):
    """The translations of a language: English → text, and (one, many) in English → the forms in order."""

    texts: Mapping[str, str]
    counted: Mapping[tuple[str, str], tuple[str, ...]]


@cache
def translations(language: str) -> Translations:
    """Return the translations of a language."""
    if language == SWISS:
        german = translations("de")
        return Translations(
            {of: _as_swiss(text) for of, text in german.texts.items()},
            {of: tuple(map(_as_swiss, forms)) for of, forms in german.counted.items()},
        )
    from babel.messages.pofile import read_po

    with resources.files("tradecredit").joinpath("translations", f"{language}.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    texts = {
        str(message.id): str(message.string) for message in messages if not message.pluralizable and message.string
    }
    counted = {
        (message.id[0], message.id[1]): tuple(message.string or ()) for message in messages if message.pluralizable
    }
    return Translations(texts, {of: forms for of, forms in counted.items() if all(forms)})


def _as_swiss(text: str) -> str:
    """Return a German text as Switzerland writes it.

    >>> _as_swiss("größer als 0,05 von 1.000")
    'grösser als 0.05 von 1’000'
    """
    return _DECIMALS.sub(".", _THOUSANDS.sub("’", text.replace("ß", "ss")))
