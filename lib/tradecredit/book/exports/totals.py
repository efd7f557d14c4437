"""How lines begin or end that sum others up, in many languages."""

import re

TOTAL = (
    r"(?i)(grand |sub[ -]?|net )?total(s|e|i|t|en)?\b|(sub)?totaal\b|totaux\b|(zwischen)?summe\b|(del)?summa\b|gesamt"
    r"|suma\b|razem\b|ogółem|soma\b|i alt\b|sum\b|(ara )?toplam|(vše)?celkem|spolu\b|(mind)?összesen|ukupno|sveukupno"
    r"|skupaj|yhteensä|σύνολο|jumlah\b|tổng|cộng\b|сумма|обороты?\b|обороти\b|итого?\b|всего|разом|всього|合计|小计|总计|合計|小計|總計|総計|총합계|합계|소계|총계"
    r"|المجموع|الإجمالي|סה.?כ|รวม(?:ทั้งสิ้น|ทั้งหมด|เงิน|ยอด)?(?=[\s:]|$)"
)
"""How lines begin that sum others up."""
TOTAL_BEHIND = (
    r"(?i)\w\W+(?:total|totals|totale|totaal|summe|suma|summa|toplam[ıi]?|celkem|spolu|összesen|ukupno|skupaj|yhteensä"
    r"|итого|всего)\s*:?\s*$|[一-鿿](?:小计|小計|合计|合計|总计|總計)\s*[:：]?\s*$"
)
"""How they end where the account that they sum up stands first."""


def begins_total(cell: object) -> bool:
    """Return whether a cell is a text that begins with the word for a total."""
    return isinstance(cell, str) and re.match(TOTAL, cell.strip()) is not None


def is_only_total(text: str) -> bool:
    """Return whether a text is the word for a total and nothing else, as no company is called."""
    total = re.match(TOTAL, text.strip())
    return total is not None and not text.strip()[total.end() :].strip(" :.-")


def is_sum(text: str) -> bool:
    """Return whether a printed text is a total with its amounts behind it.

    >>> is_sum("DEBTOR TOTAL       1,267.89   633.94-"), is_sum("Summe Konto 10101  12,50 S"), is_sum("Alder Ltd 12.50")
    (True, True, False)
    """
    words = _without_amounts(text)
    return words != text and (re.match(TOTAL, words.strip()) or re.search(TOTAL_BEHIND, words)) is not None


_WRITTEN = re.compile(r"[(<+-]?\d[\d.,']*[.,]\d\d[->)]?")
_GROUP = re.compile(r"[(<+-]*\d{1,3}|[(<+-]")
_BESIDE = re.compile(r"[->)]|[A-Za-z]{1,3}")


def _without_amounts(text: str) -> str:
    """Return a text without the amounts at its end, their groups of thousands and what stands beside them.

    Word by word from behind: one expression for all of them takes for ever on a wide line.
    """
    words = text.split()
    at = len(words)
    while at:
        beside = _BESIDE.fullmatch(words[at - 1]) and at > 1 and _WRITTEN.fullmatch(words[at - 2])
        group = at < len(words) and _GROUP.fullmatch(words[at - 1])
        if not (_WRITTEN.fullmatch(words[at - 1]) or beside or group):
            break
        at -= 1
    return " ".join(words[:at]) if at < len(words) else text
