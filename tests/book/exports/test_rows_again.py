"""Rows of one document that stand twice in a list, and open amounts that what is read does not lead to."""

from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger

HEAD = "Customer,Invoice,Type,Invoice Date,Due Date,Amount,Received,Balance,Date Paid\n"
ROWS = (
    "Alder,1,Invoice,2026-01-05,2026-02-04,100.50,100.50,0.00,2026-02-10\n"
    "Birch,2,Invoice,2026-01-06,2026-02-05,80.25,30.25,50.00,2026-02-11\n"
    "Birch,3,Invoice,2026-01-07,2026-02-06,70.25,0.00,70.25,\n"
    "Alder,C1,Credit Note,2026-01-08,2026-01-08,20.10,20.10,0.00,2026-01-20\n"
)
AGAIN = "Alder,1,Invoice,2026-01-05,2026-02-04,100.50,100.50,0.00,2026-02-10\n"


def test_a_row_exported_twice_counts_once_and_changes_nothing_else(tmp_path):
    _, alone = read(tmp_path, "alone.csv", HEAD + ROWS)
    suggestion, found = read(tmp_path, "twice.csv", HEAD + ROWS + AGAIN)
    assert suggestion.source.lines == "repeated"
    assert [guess.taken for guess in suggestion.guesses if guess.key == "source.lines" and guess.open] == ["repeated"]
    left = {one: rest for one, (_, _, rest) in open_items(found).items()}
    assert left == {"2": 50.0, "3": 70.25}
    assert open_items(alone) == open_items(found)
    both = [one.tables["receipts"][["invoice_id", "received", "amount", "kind"]] for one in (alone, found)]
    assert both[0].to_numpy().tolist() == both[1].to_numpy().tolist()


def test_a_row_exported_twice_is_repeated_though_a_counter_tells_them_apart(tmp_path):
    lines = (ROWS + AGAIN).splitlines()
    rows = "".join(f"{at},{line}\n" for at, line in enumerate(lines, start=1))
    suggestion, _ = read(tmp_path, "list.csv", f"Row,{HEAD}{rows}")
    # 100.50 and 100.50 cannot both have been paid of 100.50.
    assert suggestion.source.lines == "repeated"


def test_a_row_exported_twice_leaves_payments_what_they_are(tmp_path):
    rows = "A,7,Invoice,2026-01-05,2026-02-04,100.50,60.50,40.00,2026-02-01\n"
    rows += "A,7,Invoice,2026-01-05,2026-02-04,100.50,25.00,15.00,2026-02-20\n"
    suggestion, found = read(tmp_path, "list.csv", HEAD + rows + ROWS + AGAIN)
    assert suggestion.source.lines == "payments"
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["buyer_id"] == "Alder", "amount"].tolist() == [100.5]
    assert open_items(found)["7"] == ("A", "2026-02-04", 15.0)
    # What was used of a credit note, 20.10, is no payment.
    assert 20.1 not in receipts["amount"].tolist()


def test_an_open_amount_other_than_the_stated_one_is_told(tmp_path):
    suggestion, _ = read(tmp_path, "list.csv", HEAD + ROWS)
    rows = "A,9,Invoice,2026-01-05,2026-02-04,100.50,60.50,90.00,2026-02-01\n"
    (tmp_path / "list.csv").write_text(HEAD + ROWS + rows)
    as_payments = suggestion.source.model_copy(update={"lines": "payments"})
    told = [(rule, rows) for _, rule, rows in ledger(as_payments, "EUR").assumed if "is not the one stated" in rule]
    # 100.50 less 60.50 paid is 40.00, and 90.00 is stated: 50.00 less.
    assert told == [("the open amount that is read is not the one stated: 50.00 less; look at source.lines", 1)]
    as_stated = ledger(suggestion.source, "EUR").assumed
    assert not [rule for _, rule, _ in as_stated if "is not the one stated" in rule]
