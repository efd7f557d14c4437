"""When invoices are due, as their heads and the days that they are late tell."""

from book.exports.as_suggested import open_items, read


def test_the_due_day_of_a_document_is_known_under_a_head_of_two_lines(tmp_path):
    lines = ["Customer,Customer,Document,Document,Document,Amount,Amount,Days"]
    lines += ["Code,Name,No.,Date,Due,Original,Balance,Overdue"]
    lines += [f"C{at % 3},N{at % 3},I{at},2026-09-{at:02},2026-10-{at:02},{at}00.50,{at}00.50,0" for at in range(1, 9)]
    _, found = read(tmp_path, "open.csv", "\n".join(lines) + "\n")
    assert open_items(found)["I8"] == ("C2", "2026-10-08", 800.5)


AGED = "Customer;Invoice;Invoice date;Open amount;Days overdue\n"


def test_what_is_not_late_yet_is_due_as_the_ages_of_what_is_late_tell(tmp_path):
    # On 31 October an invoice of 1 September that is 30 days late had 30 days of payment.
    late = "".join(f"C{at % 2};I{at};0{at}.09.2026;{at}00,50;{31 - at}\n" for at in range(1, 7))
    title = "As of 31.10.2026\n"
    suggestion, found = read(tmp_path, "aged.csv", title + AGED + late + "C1;I7;20.10.2026;700,50;0\n")
    assert open_items(found)["I7"] == ("C1", "2026-11-19", 700.5)
    assert open_items(found)["I1"] == ("C1", "2026-10-01", 100.5)
    assert [guess.taken for guess in suggestion.guesses if guess.key == "source.terms_days" and guess.open] == ["30"]


def test_days_below_nought_tell_when_it_will_be_due(tmp_path):
    rows = "C1;I1;01.09.2026;100,50;30\nC2;I2;20.10.2026;200,50;-19\nC2;I3;01.10.2026;300,50;0\n"
    _, found = read(tmp_path, "aged.csv", "As of 31.10.2026\n" + AGED + rows)
    assert [due for _, due, _ in open_items(found).values()] == ["2026-10-01", "2026-10-31", "2026-11-19"]


def test_what_is_on_account_without_a_day_stands_as_of_the_day_of_the_export(tmp_path):
    lines = ["As of 31.10.2026", "Account;Customer name;Reference;Invoice date;Due date;Original amount;Balance"]
    lines += [f"7{at % 3};N{at % 3};I{at};0{at}.09.2026;0{at}.10.2026;{at}00,50;{at}00,50" for at in range(1, 10)]
    _, found = read(tmp_path, "open.csv", "\n".join([*lines, "71;N1;UNAPPLIED;;;;-80,25"]) + "\n")
    (receipt,) = found.tables["receipts"].itertuples()
    assert (receipt.buyer_id, receipt.amount, str(receipt.received.date())) == ("71", 80.25, "2026-10-31")
    assert ("receipts", "credits without a day: taken as of the day of the export", 1) in found.assumed
