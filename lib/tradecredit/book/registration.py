"""Which buyers are one firm by their registration numbers, however these are written."""

import pandas as pd


def canonical(numbers: pd.Series) -> pd.Series:
    """Return registration numbers in the form in which they are compared; missing, and those without a character, stay.

    Letters and digits alone, in capitals; a number of digits alone without the zeros before it, which tables lose.

    >>> canonical(pd.Series(["HRB 123-45", "hrb12345", "00 123", "–"], dtype="str")).tolist()
    ['HRB12345', 'HRB12345', '123', nan]
    """
    text = numbers.str.normalize("NFKC").str.upper().str.replace(r"[\W_]+", "", regex=True)
    text = text.where(~text.str.fullmatch(r"\d+").fillna(False).astype(bool), text.str.lstrip("0"))
    return text.mask(text == "")


def shared(buyers: pd.DataFrame) -> pd.Series:
    """Return a boolean per buyer: whether another one has its registration number, in the same country.

    `buyers`: `registration_id`, `country`. Numbers are compared in their `canonical` form. Registers are a country's,
    so that one number in two countries is two firms; a buyer whose country is not stated may be of any.
    """
    number, known = canonical(buyers["registration_id"]), buyers["country"].notna()
    alike = number.groupby(number).transform("size")
    here = number.groupby([number, buyers["country"]]).transform("size")
    anywhere = alike - known.groupby(number).transform("sum")  # those without a country
    another = ((here > 1) | (anywhere > 0)).where(known, alike > 1)
    return another.where(number.notna(), False).astype(bool)
