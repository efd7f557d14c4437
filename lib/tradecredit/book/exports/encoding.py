"""In which encoding a text is written, and the text."""

import codecs
import re

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
EASTERN = {
    "cp932": "ぁ-ヿ得意先売掛請求書伝番号金額残高入予定支払期日名株式会社合計月年",
    "cp949": "가-힣",
    "big5": "客戶發票號碼日期金額應收餘額公司名稱編號單據到期合計帳款",
}
"""Encodings of East Asia besides that of the mainland: letters that stand in a ledger written so."""
TRADE = {
    "gb18030": "客户|单据|日期|金额|余额|到期|发票|未收|编码|名称|币种",
    "cp932": "得意先|取引先|請求|売掛|伝票|期日|残高|入金|金額",
    "big5": "客戶|發票|日期|金額|應收|餘額|編號|到期|名稱",
    "cp949": "거래처|고객|번호|일자|금액|잔액|만기|전표|명칭",
}
"""Encodings of East Asia: words of the trade, of which two do not stand in a text of another encoding by chance."""
COMMON = (("gb18030", "gb2312", 0xB0, 0xD7), ("cp932", "shift_jis", 0x82, 0x97), ("big5", "big5", 0xA4, 0xC6))
"""Encodings, the character sets that they extend, and there the first bytes of the characters in common use (and of
Japanese syllables)."""
BALTIC, SIGNS_OF_ALL = "ąčęėįšųūžāēģīķļņõäöü", "€„“”–—\u00a0°§"
"""Letters of Lithuanian, Latvian and Estonian beyond ASCII, and signs that stand in texts of any language."""
HUNGARIAN = "áéíóöúüõû"
"""Letters of Hungarian beyond ASCII as the western encoding reads them: the last two are ő and ű."""
THAI, THAI_MARKS = "[\u0e01-\u0e5b]", "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
"""Letters of Thai, and those of them that stand above or below the letter before."""
LEAST_MARKS = 0.05
"""Share of marks among the letters of any Thai text."""
MOSTLY, ALMOST_ALL = 0.7, 0.95


def decoded(content: bytes) -> tuple[str, str]:
    """Return a file's text and the name of its encoding: by its mark, else UTF-8, else East Asia's, else Windows'.

    Text that is not UTF-8 is taken as that of East Asia in which words of the trade stand; else as Thai, whose marks
    all stand on letters (`_is_thai`); else as Japanese, Korean or Chinese of Taiwan where half of what stands beyond
    ASCII are letters of a ledger written so, and else as that of these, or GB 18030, where most of it are characters in
    common use there (`_by_common_characters`). Of Windows' own and DOS's it is the one in which it makes words
    (`_of_windows`).
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return content.decode("utf-8-sig" if name == "utf-8" else name), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if named := _by_words_of_trade(content):
        return content.decode(named), named
    if _is_thai(content):
        return content.decode("cp874"), "cp874"
    if eastern := _eastern(content):
        return content.decode(eastern), eastern
    if found := _by_common_characters(content):
        return content.decode(found), found
    name = _of_windows(content)
    return content.decode(name, errors="replace"), name


def of_page(content: bytes) -> str:
    """Return the encoding of a page: as it states itself, unless it is UTF-8, or states the western one, as many do."""
    found = decoded(content)[1]
    named = re.search(rb"""(?i)<(?:meta\s[^>]*?charset|\?xml\s[^>]*?encoding)=["']?([\w.:-]+)""", content[:2048])
    if named is None or found.startswith("utf"):
        return found
    try:
        stated = codecs.lookup(named[1].decode()).name
        content.decode(stated)
    except (LookupError, UnicodeDecodeError):
        return found
    return found if stated in ("iso8859-1", "cp1252", "ascii") else stated


def _by_words_of_trade(content: bytes) -> str | None:
    """Return the encoding of East Asia in which the most words of the trade stand in a text, two at least."""
    found: dict[str, int] = {}
    for name, words in TRADE.items():
        try:
            found[name] = len(set(re.findall(words, content.decode(name))))
        except UnicodeDecodeError:
            continue
    best = max(found, key=lambda name: found[name], default=None)
    return best if best is not None and found[best] > 1 else None


def _is_thai(content: bytes) -> bool:
    """Return whether a text is Thai in the encoding of Windows: each mark has a letter before it, and many stand there.

    What is written in another encoding has other signs before them, or bytes that stand for nothing in Thai.
    """
    try:
        text = content.decode("cp874")
    except UnicodeDecodeError:
        return False
    marks = _count(THAI_MARKS, text)
    on_letters = _count(f"(?<={THAI}){THAI_MARKS}", text)
    return marks == on_letters and marks > LEAST_MARKS * _count(THAI, text) and _in_words(text)


def _of_windows(content: bytes) -> str:
    """Return the one of the encodings with a byte a letter in which a text makes words; the western one reads any.

    DOS's where signs stand within words, the Hebrew, Greek or Cyrillic one where words are of such letters alone, the
    Turkish, the Baltic and the Central European one where the western one gives what stands in no western language.
    """
    western = content.decode("cp1252", errors="replace")
    if _count(r"(?<=[A-Za-z])[„”‚…ˆ‡\ufffd](?=[a-z])", western) > _count(r"[À-ÿ]", western):
        return "cp850"
    mixed = _count(r"[A-Za-z][À-ÿ]|[À-ÿ][A-Za-z]", western)
    if _count(r"(?<![A-Za-zÀ-ÿ])[À-ÿ]{3,}(?![A-Za-zÀ-ÿ])", western) > mixed:
        # Hebrew has no capitals, and fewer letters than Greek and Cyrillic.
        if not re.search(r"[À-ßû-ÿ]", western):
            return "cp1255"
        # Greek vowels with their accents are Cyrillic capitals within words.
        cyrillic = content.decode("cp1251", errors="replace")
        greek = _count(r"(?<=[а-я])[ЬЭЮЯ]", cyrillic) > 0.1 * _count(r"[а-я]{3,}", cyrillic)
        return "cp1253" if greek else "cp1251"
    turkish = content.decode("cp1254", errors="replace")
    if re.search(r"[ðýþÐÝÞ]", western) and not re.search(r"(?![öüçÖÜÇâîû])[À-ÿ]", turkish):
        return "cp1254"
    baltic = {letter for letter in content.decode("cp1257", errors="replace").casefold() if letter > "\x7f"}
    if re.search(r"[ðþÐÞ]", western) and baltic <= {*BALTIC, *SIGNS_OF_ALL}:
        return "cp1257"
    return "cp1250" if _hungarian(western) or _central(western) else "cp1252"


def _count(pattern: str, text: str) -> int:
    return len(re.findall(pattern, text))


def _eastern(content: bytes) -> str | None:
    """Return the encoding of East Asia that gives a text mostly of letters of a ledger written so, if one does."""
    for name, letters in EASTERN.items():
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        beyond = [letter for letter in text if letter > "\x7f"]
        # Half of Chinese in its own encoding would be Korean.
        least = 0.9 if name == "cp949" else 0.5
        if _count(f"[{letters}]", "".join(beyond)) > least * len(beyond) and (name == "cp932" or _in_words(text)):
            return name
    return None


def _by_common_characters(content: bytes) -> str | None:
    """Return in which encoding of Chinese or Japanese most of a text is of the characters that are most used there.

    These are the first level of GB 2312, of JIS X 0208 and of Big5: what is written in the one encoding and read in
    another gives mostly characters beyond them.
    """
    shares: dict[str, float] = {}
    for name, plain, first, last in COMMON:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        written = [letter.encode(plain, errors="ignore") for letter in text if letter > "\x7f"]
        if written and _in_words(text):
            shares[name] = sum(len(one) == 2 and first <= one[0] <= last for one in written) / len(written)
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] > MOSTLY else None


def _central(western: str) -> bool:
    """Return whether a text read in the western encoding is one of Central Europe's.

    Polish letters look like signs beside letters then (`Zak³ad`), Czech ones like letters (`pøi`) that with a háček on
    s or z, or where no western language has them, and without any other western letter are none of a western language
    (Croatian ć looks like æ, which stands with ø in the north, and Czech ř like ø).
    """
    signs = _count(r"(?<=[^\W\d_])[³¹œŸ¿¾¼](?!\d)|[£¥¯³¹œŒ¿¾¼](?=[^\W\d_])", western)
    if signs:
        return signs > _count(r"[àèùûãõåøëïò]", western)
    if re.search(r"[àåêñãõûëÀÅÊÑÃÕÛË]", western) or (re.search("[æÆ]", western) and re.search("[øØ]", western)):
        return False
    return bool(re.search(r"[šžŠŽ]|ì(?=[^\W\d_])|È(?=[a-zà-ÿ])", western))


def _hungarian(western: str) -> bool:
    """Return whether a text read in the western encoding is Hungarian, with õ and û where ő and ű are meant.

    Of the languages that have these, Portuguese has no ö and ü, and French and Estonian have no á.
    """
    letters = "".join(re.findall("[À-öø-ÿ]", western)).casefold()
    own = _count(f"[{HUNGARIAN}]", letters) >= ALMOST_ALL * len(letters) and "ã" not in letters
    return own and "á" in letters and bool(re.search("[öü]", letters)) and bool(re.search("[õû]", letters))


def _in_words(text: str) -> bool:
    """Return whether letters beyond ASCII mostly stand two and more together, as they do in Chinese and Japanese."""
    runs = [len(run) for run in re.findall(r"[^\x00-\x7f]+", text)]
    return sum(length for length in runs if length >= 2) > 0.5 * sum(runs)
