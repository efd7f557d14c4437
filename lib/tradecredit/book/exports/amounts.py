"""Amounts as systems write them: marks told by the whole column, signs before or behind, currencies beside."""

import re
from collections.abc import Iterable

import pandas as pd

from tradecredit.params.base import currencies

SPACES = " \u00a0\u202f\u2009"
APOSTROPHES = "'’"
MINUS = "-−–▲△"
"""Signs of what is less than nothing, before an amount or behind it; the triangles are those of Japanese books."""
BRACKETS = (("(", ")"), ("<", ">"))
"""What stands around an amount that is less than nothing; the second pair is Oracle's."""
SIGNS = {
    "R$": "BRL", "US$": "USD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD", "HK$": "HKD",
    "€": "EUR", "£": "GBP", "$": None,
    "¥": None, "₹": "INR", "zł": "PLN", "Kč": "CZK", "￥": "CNY", "Rs.": None, "Rs": None, "kr.": None,
    "kr": None, "Fr.": "CHF", "Rp.": "IDR", "Rp": "IDR", "RMB": "CNY", "RM": "MYR", "₺": "TRY", "₽": "RUB", "₴": "UAH",
    "₩": "KRW", "₫": "VND", "฿": "THB", "₦": "NGN", "₪": "ILS", "руб.": "RUB", "грн.": "UAH", "грн": "UAH",
    "лв.": "BGN", "лв": "BGN", "円": "JPY", "원": "KRW", "元": None,
}  # fmt: skip
"""Signs of currencies, with the one that they mean, if it is one; those that others are a part of come first."""
CODES = (
    "EUR USD GBP CHF INR CAD AUD NZD PLN CZK HUF RON BGN SEK NOK DKK ISK TRY RUB UAH BRL MXN COP ARS CLP PEN CNY JPY "
    "HKD SGD TWD KRW THB MYR IDR PHP VND BDT PKR LKR AED SAR QAR KWD ILS EGP MAD DZD TND NGN KES GHS ZAR XOF XAF"
)
"""Codes of currencies that are looked for in names of columns."""
NAMES = {
    "US DOLLAR": "USD", "US DOLLARS": "USD", "USA DOLLAR": "USD", "US$": "USD", "$US": "USD", "EURO": "EUR",
    "EUROS": "EUR", "€": "EUR", "BRITISH POUND": "GBP", "POUND STERLING": "GBP", "BRITISH POUND STERLING": "GBP",
    "PFUND STERLING": "GBP", "£": "GBP", "SWISS FRANC": "CHF", "SCHWEIZER FRANKEN": "CHF", "CANADIAN DOLLAR": "CAD",
    "AUSTRALIAN DOLLAR": "AUD", "NEW ZEALAND DOLLAR": "NZD", "INDIAN RUPEE": "INR", "JAPANESE YEN": "JPY",
    "CHINESE YUAN": "CNY", "CHINESE RENMINBI": "CNY", "人民币": "CNY", "人民币元": "CNY", "RMB": "CNY",
    "人民幣": "CNY", "CNH": "CNY", "NTD": "TWD", "NT$": "TWD", "新台幣": "TWD", "新臺幣": "TWD", "台幣": "TWD",
    "NIS": "ILS", "STG": "GBP", "UKP": "GBP", "KSH": "KES", "SKR": "SEK", "DKR": "DKK", "NKR": "NOK",
    "美金": "USD", "歐元": "EUR", "港幣": "HKD", "日圓": "JPY", "日幣": "JPY", "英鎊": "GBP", "S$": "SGD",
    "美元": "USD", "欧元": "EUR", "港币": "HKD", "日元": "JPY", "英镑": "GBP", "US-DOLLAR": "USD",
    "DOLLAR US": "USD", "SWEDISH KRONA": "SEK", "DANISH KRONE": "DKK", "NORWEGIAN KRONE": "NOK",
    "SINGAPORE DOLLAR": "SGD", "MEXICAN PESO": "MXN", "BRAZILIAN REAL": "BRL", "PESO MEXICANO": "MXN",
    "PESOS MEXICANOS": "MXN", "REAL": "BRL", "REAIS": "BRL", "ZŁOTY": "PLN", "ZŁ": "PLN", "KČ": "CZK",
    "KORUNA ČESKÁ": "CZK", "FORINT": "HUF", "FT": "HUF", "TL": "TRY", "TÜRK LIRASI": "TRY", "LEI": "RON",
    "LEU": "RON", "РУБ": "RUB", "РУБ.": "RUB", "РОССИЙСКИЙ РУБЛЬ": "RUB", "ГРН": "UAH", "ГРИВНЯ": "UAH",
    "ЛВ": "BGN", "ЛВ.": "BGN", "INDIAN RUPEES": "INR", "円": "JPY", "日本円": "JPY", "원": "KRW", "R$": "BRL",
    "A$": "AUD", "C$": "CAD", "HK$": "HKD", "₹": "INR", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₩": "KRW",
    "₫": "VND", "฿": "THB", "₦": "NGN", "₪": "ILS", "FR.": "CHF", "SFR": "CHF", "SFR.": "CHF",
}  # fmt: skip
"""Names that systems write for currencies, in capitals, with their codes."""
_CODE = re.compile(r"^(?:[A-Z]{3}\s*(?=[\d(+\-−–▲△.,]))|(?<=[\d).,\-−])\s*(?:[A-Z]{3}|TL|Ft|lei|din\.?)$")
_DEBIT_CREDIT = re.compile(r"\s*(DR|CR|S|H)\.?$", re.IGNORECASE)
_BARE = {
    decimal: re.compile(rf"-?([0-9]+|[0-9]{{1,3}}([{mark}{SPACES}{APOSTROPHES}][0-9]{{3}})+)([{decimal}][0-9]*)?")
    for decimal, mark in (".,", ",.")
}
"""Decimal mark: amounts with nothing beside them but a minus in front, which most are."""
NOUGHT = r"-?0*[.,]?0*-?"
"""An amount of nothing, as text."""


def decimal_mark(texts: Iterable[str]) -> str | None:
    """Return the decimal mark of a column of amounts, `.` or `,`; None where nothing tells it.

    A mark that stands last, once, and not before exactly three digits is decimal; the other one, or a mark that stands
    twice, is between thousands.
    """
    seen = {".": 0, ",": 0}
    for text in texts:
        bare = (
            re.sub(r"[^\d.,]", "", text).strip(".,") if re.search(r"[.,]\D*$", text) else re.sub(r"[^\d.,]", "", text)
        )
        marks = [mark for mark in bare if mark in ".,"]
        if not marks:
            continue
        last = marks[-1]
        if len(set(marks)) == 2 or (len(marks) == 1 and len(bare) - bare.rindex(last) - 1 != 3):
            seen[last] += 1
        elif len(marks) > 1:
            seen["," if last == "." else "."] += 1
    if seen["."] == seen[","]:
        return None
    return "." if seen["."] > seen[","] else ","


def amounts(column: pd.Series, decimal: str) -> pd.Series:
    """Return a column of amounts as numbers; missing where a cell is empty or holds something else.

    A minus may stand before or behind, brackets and `Cr` (or `H`) mean less than nothing, and currencies and marks
    between thousands are passed over; groups must have three digits, or two before the last three as in India.
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype("float64")
    # The same amounts stand in many rows.
    found = {value: _number(value, decimal) for value in column.dropna().unique()}
    return column.map(found).astype("float64")


def minus_in_front(text: str) -> str:
    """Return an amount with its minus in front, where it stands behind, or brackets mean it, and with plain marks."""
    plain = re.sub(f"[{SPACES}]", " ", text).strip().replace("’", "'")
    if brackets := re.fullmatch(r"\(([^()]*)\)|<([^<>]*)>", plain):
        return "-" + (brackets.group(1) or brackets.group(2) or "").strip()
    if plain and plain[-1] in MINUS:
        return "-" + plain[:-1].strip()
    return "-" + plain[1:].strip() if plain and plain[0] in MINUS else plain


def are_negative(column: pd.Series) -> pd.Series:
    """Return whether each amount of a column, text or number, is below zero as it is written."""
    if pd.api.types.is_numeric_dtype(column):
        return column < 0
    return column.map(lambda cell: minus_in_front(str(cell)).startswith("-"), na_action="ignore").eq(True)


def without_minus(column: pd.Series) -> pd.Series:
    """Return the amounts of a column, text or number, without their minus."""
    if pd.api.types.is_numeric_dtype(column):
        return column.abs()
    return column.map(lambda cell: minus_in_front(str(cell)).removeprefix("-"), na_action="ignore")


def code_of(name: str) -> str:
    """Return the code of a currency by what it is called: in capitals, of known names (`NTD`, `NT$`) theirs."""
    text = name.strip().upper()
    return NAMES.get(text, text)


def currency_beside(text: str) -> str | None:
    """Return the currency whose sign or code stands beside an amount, if one does."""
    code = re.search(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])", text)
    if code and re.search(r"\d", text) and code_of(code.group(1)) in currencies():
        return code_of(code.group(1))
    return next((code for sign, code in SIGNS.items() if sign in text and code), None)


def codes_of_currencies(column: pd.Series) -> pd.Series:
    """Return the codes of a column of currencies: in capitals, of `USD - US Dollar` the code, of known names theirs."""
    text = column.astype("str").str.strip().str.upper()
    code = text.str.extract(r"^([A-Z]{3})(?:\s*[-–:(/].*)?$", expand=False).where(~text.isin(list(NAMES)))
    return code.fillna(text.map(NAMES).astype("str")).fillna(text)


def currency_at_end(name: str) -> str | None:
    """Return the currency whose code or sign stands at the end of a name; None without one."""
    code = re.search(r"[\s([_]([A-Z]{3}|(?:R|NT)\$|[€£₹])[)\]]?$", name.strip())
    return code_of(code[1]) if code and code_of(code[1]) in CODES.split() else None


def is_amount(value: object) -> bool:
    """Return whether a cell can be an amount, whichever mark is decimal."""
    if isinstance(value, str):
        return any(_number(value, decimal) is not None for decimal in ".,")
    return _number(value, ".") is not None


def _kept(code: re.Match) -> str:
    """Return what of letters beside an amount is kept: such as are no currency's, which may be a document's number."""
    letters = code[0].strip()
    return "" if not letters.isupper() or letters == "TL" or code_of(letters) in currencies() else code[0]


def _number(value: object, decimal: str) -> float | None:
    if isinstance(value, bool):
        return None
    if not isinstance(value, str):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None
    if _BARE[decimal].fullmatch(value):
        whole, _, part = value.partition(decimal)
        return float(re.sub("[^-0-9]", "", whole) + "." + part)
    if not re.search("[0-9]", value):
        return None
    text = value.strip(SPACES)
    negative = False
    if side := _DEBIT_CREDIT.search(text):
        negative, text = side.group(1).upper() in ("CR", "H"), text[: side.start()]
    for sign in SIGNS:
        text = text.replace(sign, "")
    text = _CODE.sub(_kept, text.strip(SPACES)).strip(SPACES)
    if (text[:1], text[-1:]) in BRACKETS:
        negative, text = not negative, text[1:-1].strip(SPACES)
    if text and text[0] in MINUS + "+":
        negative, text = negative != (text[0] in MINUS), text[1:]
    elif text and text[-1] in MINUS + "+":
        negative, text = negative != (text[-1] in MINUS), text[:-1]
    text = _CODE.sub(_kept, text.strip(SPACES)).strip(SPACES)
    mark = "," if decimal == "." else "."
    whole, _, part = text.partition(decimal)
    groups = re.split(f"[{re.escape(mark + SPACES + APOSTROPHES)}]", whole)
    grouped = len(groups) == 1 or (
        len(groups[-1]) == 3 and 1 <= len(groups[0]) <= 3 and all(len(group) in (2, 3) for group in groups[1:])
    )
    digits = "".join(groups)
    if not grouped or not re.fullmatch(r"[0-9]*", digits) or not re.fullmatch(r"[0-9]*", part) or not digits + part:
        return None
    number = float(f"{digits or 0}.{part or 0}")
    return -number if negative else number
