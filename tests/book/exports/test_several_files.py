"""Two months' exports of one ledger: each document counts once, as the newer file has it."""

from book.exports.test_suggestion import open_items

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested

HEAD = "Customer;Invoice;Kind;Date;Due;Amount;Open\n"
SEPTEMBER = HEAD + (
    "Alder;1001;Invoice;2026-07-10;2026-08-09;1000.00;1000.00\n"
    "Alder;1002;Invoice;2026-08-10;2026-09-09;500.00;500.00\n"
    "Birch;1003;Invoice;2026-09-05;2026-10-05;300.00;300.00\n"
    "Birch;9001;Payment;2026-09-20;2026-09-20;-80.00;-80.00\n"
)
OCTOBER = HEAD + (
    "Alder;1001;Invoice;2026-07-10;2026-08-09;1000.00;400.00\n"
    "Birch;1003;Invoice;2026-09-05;2026-10-05;300.00;300.00\n"
    "Birch;9001;Payment;2026-09-20;2026-09-20;-80.00;-80.00\n"
    "Birch;1004;Invoice;2026-10-15;2026-11-14;200.00;200.00\n"
)


def read(folder, texts: dict[str, str], lines: str = "added"):
    for name, text in texts.items():
        (folder / name).write_text(text)
    suggestion = suggested([folder / name for name in texts])
    return ledger(suggestion.source.model_copy(update={"lines": lines}), "EUR")


def test_a_document_of_two_files_counts_once_as_the_newer_has_it(tmp_path):
    # In either order, and whatever rows of one number are taken as.
    for order in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        for lines in ("added", "repeated"):
            found = read(tmp_path, dict(zip(order, (SEPTEMBER, OCTOBER), strict=True)), lines)
            assert open_items(found) == {
                "1001": ("Alder", "2026-08-09", 1000.0, 400.0),
                "1002": ("Alder", "2026-09-09", 500.0, 500.0),
                "1003": ("Birch", "2026-10-05", 300.0, 300.0),
                "1004": ("Birch", "2026-11-14", 200.0, 200.0),
            }
            notes = {rule.split(":")[0]: (rule, rows) for _, rule, rows in (*found.left_out, *found.assumed)}
            # 1,000 + 300 − 80, three rows of September.
            assert notes["documents that a newer file has as well, as it has them"] == (
                "documents that a newer file has as well, as it has them: 1,220.00", 3,
            )  # fmt: skip
            assert "(500.00)" in next(rule for rule, _ in notes.values() if rule.startswith("open in an older file"))


def test_files_that_share_no_document_are_added_up(tmp_path):
    october = (
        HEAD
        + "Alder;1001;Payment;2026-10-02;2026-10-02;-600.00;0.00\n"
        + "Birch;1004;Invoice;2026-10-15;2026-11-14;200.00;200.00\n"
    )
    found = read(tmp_path, {"a.csv": SEPTEMBER, "b.csv": october})
    assert sum(row[3] for row in open_items(found).values()) == 2000
    assert not [rule for _, rule, _ in found.left_out if "newer" in rule]


def test_two_equal_payments_of_an_invoice_in_one_file_stay_two(tmp_path):
    text = HEAD + (
        "Alder;1001;Invoice;2026-07-10;2026-08-09;1000.00;\n"
        "Alder;1001;Payment;2026-08-09;2026-08-09;-100.00;\nAlder;1001;Payment;2026-08-09;2026-08-09;-100.00;\n"
    )
    found = read(tmp_path, {"a.csv": text})
    assert open_items(found) == {"1001": ("Alder", "2026-08-09", 1000.0, 800.0)}


def test_the_day_of_the_export_is_that_of_the_newest_file(tmp_path):
    for name, day, text in (("a.csv", "30.09.2026", SEPTEMBER), ("b.csv", "31.10.2026", OCTOBER)):
        (tmp_path / name).write_text(f"Offene Posten\nStichtag: {day}\n" + text)
    assert str(suggested([tmp_path / "a.csv", tmp_path / "b.csv"]).source.exported) == "2026-10-31"
