"""What a policy would have paid for a ledger's past defaults, one invoice after the other in plain Python.

Written from definitions §5 alone: it shares no code with the library, whose figures it must equal to the cent.
"""

from collections import defaultdict
from datetime import date, timedelta

NOT_INSURED = ("public", "affiliate", "prepaid")
CENT = 0.005


def _day(value) -> date | None:
    return None if value is None or value != value else value.date()


class PlainLedger:
    """The tables of a book as lists of dicts."""

    def __init__(self, book):
        def rows(name):
            table = getattr(book, name)
            dates = [column for column in table if str(table[column].dtype).startswith("datetime")]
            return [
                {name: _day(value) if name in dates else value for name, value in row.items()}
                for row in table.to_dict("records")
            ]

        self.as_of = book.as_of.date()
        self.dust, self.cancellation = book.run.receivables.dust, book.run.receivables.cancellation
        self.buyers = {row["buyer_id"]: row for row in rows("buyers")}
        self.invoices = rows("invoices")
        self.receipts, self.disputes = defaultdict(list), defaultdict(list)
        for row in rows("receipts"):
            self.receipts[row["invoice_id"]].append(row)
        for row in rows("disputes"):
            self.disputes[row["invoice_id"]].append(row)
        self.of_buyer = defaultdict(list)
        for row in self.invoices:
            self.of_buyer[row["buyer_id"]].append(row)
        self.limits, self.scores, self.statements = defaultdict(list), defaultdict(list), defaultdict(list)
        for row in rows("limits"):
            if row["source"] == "insurer":
                self.limits[row["buyer_id"]].append(row)
        for row in rows("scores"):
            self.scores[row["buyer_id"]].append(row["date"])
        for row in rows("statements"):
            self.statements[row["buyer_id"]].append(row)
        self.defaults = sorted(rows("defaults"), key=lambda row: row["date"])

    def cleared_on(self, invoice, tolerance) -> date | None:
        """The day of the receipt, of whatever kind, by which no more than the tolerance was left (none: dust)."""
        left, most = invoice["amount"], min(self.dust.amount, self.dust.share * invoice["amount"])
        most = most if tolerance is None else tolerance
        if left < most + CENT:
            return invoice["issued"]
        for receipt in sorted(self.receipts[invoice["invoice_id"]], key=lambda row: row["received"]):
            left -= receipt["amount"]
            if left < most + CENT:
                return receipt["received"]
        return None

    def owed(self, invoice, day: date, default_day: date) -> float:
        left = invoice["amount"]
        for receipt in self.receipts[invoice["invoice_id"]]:
            last = min(day, default_day) if receipt["kind"] in ("write_off", "claim") else day
            if receipt["received"] <= last:
                left -= receipt["amount"]
        return left


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _stopped(ledger, buyer, day, terms) -> bool:
    if terms.maximum_extension_days is None:
        return False
    for other in ledger.of_buyer[buyer]:
        start = other["due"] if terms.extension_from == "due" else other["issued"]
        ends = max(start + timedelta(days=terms.maximum_extension_days), other["due"])
        cleared = ledger.cleared_on(other, terms.stop_tolerance)
        if ends < day and not (cleared is not None and cleared <= day):
            return True
    return False


def _evidence(ledger, buyer, day) -> list[str]:
    """All kinds that were at most 12 months old."""
    since = _a_year_before(day)

    def recent(moments) -> bool:
        return any(since < moment <= day for moment in moments)

    paid = [
        receipt["received"]
        for invoice in ledger.of_buyer[buyer]
        for receipt in ledger.receipts[invoice["invoice_id"]]
        if receipt["kind"] == "payment"
    ]
    accounts = ledger.statements[buyer]
    shown = {
        "payment_experience": paid,
        "agency_report": ledger.scores[buyer],
        "audited_accounts": [row["published"] for row in accounts if row["assurance"] == "audited"],
        "unaudited_accounts": [row["published"] for row in accounts],
    }
    return [*(kind for kind, moments in shown.items() if recent(moments)), "good_faith"]


def _limit(ledger, buyer, day, terms) -> tuple[float, bool]:
    """The limit that applies to what is shipped on a day, and whether it is a discretionary one."""
    if terms.limits and buyer in terms.limits:
        return terms.limits[buyer], False
    made = [row for row in ledger.limits[buyer] if row["valid_from"] <= day]
    alive = [row for row in made if row["valid_to"] is None or row["valid_to"] >= day]
    if alive:
        return max(alive, key=lambda row: row["valid_from"])["amount"], False
    if made:
        return 0.0, False
    share = max(terms.discretionary_shares.get(kind, 0.0) for kind in _evidence(ledger, buyer, day))
    return (terms.discretionary_limit or 0.0) * share, True


def _in_dispute(ledger, invoice, owed, day) -> float:
    left = owed
    for row in sorted(ledger.disputes[invoice["invoice_id"]], key=lambda row: row["opened"]):
        if row["opened"] <= day and not (row["closed"] is not None and row["closed"] <= day):
            amount = invoice["amount"] if row["amount"] != row["amount"] else min(row["amount"], invoice["amount"])
            left -= min(amount, left)
    return owed - left


def _insured(ledger, buyer, owed, day, terms) -> tuple[float, float, bool]:
    """Insurable debt, insured debt, and whether most of that is under a discretionary limit."""
    insurable = within = by_discretion = filled = 0.0
    # A stable sort: of one day as the invoices stand in the book.
    for invoice in sorted(ledger.of_buyer[buyer], key=lambda row: row["issued"]):
        if owed.get(invoice["invoice_id"], 0.0) <= 0:
            continue
        if ledger.buyers[buyer]["kind"] in NOT_INSURED or (terms.buyers and buyer not in terms.buyers):
            continue
        if (
            terms.maximum_terms_days is not None
            and (invoice["due"] - invoice["issued"]).days > terms.maximum_terms_days
        ):
            continue
        amount = owed[invoice["invoice_id"]]
        tax = 0.0 if invoice["tax"] != invoice["tax"] else invoice["tax"]
        net = (amount - _in_dispute(ledger, invoice, amount, day)) * (1 - tax / invoice["amount"])
        insurable += net
        limit, discretionary = _limit(ledger, buyer, invoice["issued"], terms)
        if _stopped(ledger, buyer, invoice["issued"], terms) or limit <= filled:
            continue
        part = min(net, limit - filled)
        filled += part
        within += part
        by_discretion += part if discretionary else 0.0
    return insurable, within, 2 * by_discretion > within


def _loss_day(ledger, event, owed_then, terms) -> date | None:
    if event["kind"] == "insolvency":
        return event["date"]
    if terms.waiting_days is None:
        return None
    ends = []
    for invoice in owed_then:
        start = invoice["due"]
        if terms.waiting_from == "extension_end":
            first = invoice["due"] if terms.extension_from == "due" else invoice["issued"]
            start = max(first + timedelta(days=terms.maximum_extension_days), invoice["due"])
        end = start + timedelta(days=terms.waiting_days)
        if ledger.owed(invoice, end, event["date"]) >= CENT:
            ends.append(end)
    if not ends:
        return None
    day = max(min(ends), event["date"])
    later = [
        other["date"]
        for other in ledger.defaults
        if other["buyer_id"] == event["buyer_id"] and other["kind"] == "insolvency" and other["date"] > event["date"]
    ]
    return min([day, *later])


def losses(ledger: PlainLedger, terms) -> list[dict]:
    """Every default that is a loss by the book's day, in order of its day."""
    found, taken = [], set()
    for event in ledger.defaults:
        buyer, day = event["buyer_id"], event["date"]
        owed_then = [
            invoice
            for invoice in ledger.of_buyer[buyer]
            if invoice["issued"] <= day
            and invoice["invoice_id"] not in taken
            and ledger.owed(invoice, day, day) >= CENT
        ]
        loss_day = _loss_day(ledger, event, owed_then, terms)
        if loss_day is None:
            continue
        taken |= {invoice["invoice_id"] for invoice in owed_then}
        if loss_day > ledger.as_of:
            continue
        owed, recovered = {}, 0.0
        for invoice in owed_then:
            later = [row for row in ledger.receipts[invoice["invoice_id"]] if row["received"] > loss_day]
            credits = sum(row["amount"] for row in later if row["kind"] in ("credit_note", "discount"))
            amount = ledger.owed(invoice, loss_day, day) - credits
            if amount < CENT:
                continue
            owed[invoice["invoice_id"]] = amount
            came_in = sum(row["amount"] for row in later if row["kind"] in ("payment", "recovery"))
            recovered += min(came_in, amount)
        debt = sum(owed.values())
        if terms.loss_basis == "net" and debt:
            owed = {name: amount * (1 - recovered / debt) for name, amount in owed.items()}
        insurable, insured, discretionary = _insured(ledger, buyer, owed, loss_day, terms)
        found.append(
            {
                "buyer_id": buyer, "defaulted": day, "loss_day": loss_day, "debt": debt, "recovery": recovered,
                "insurable": insurable, "insured": insured, "discretionary": discretionary,
            }
        )  # fmt: skip
    return sorted(found, key=lambda row: (row["loss_day"], row["defaulted"], row["buyer_id"]))


def pay(found: list[dict], terms, maximum: float) -> list[float]:
    """What is paid for the losses of one policy year, in order."""
    first_loss = terms.aggregate_first_loss or 0.0
    of_discretion = terms.discretionary_maximum_liability
    of_discretion = float("inf") if of_discretion is None else of_discretion
    paid = []
    p, e = terms.insured_percentage, terms.each_loss_deductible or 0.0

    def claim(covered, insured):
        if terms.deductible_order == "percentage_first":
            amount = max(p * covered - e, 0.0)
        else:
            amount = p * max(covered - e, 0.0)
        return min(amount, max(insured - (terms.minimum_retention or 0.0), 0.0))

    for row in found:
        insured, threshold = row["insured"], terms.threshold or 0.0
        covered = 0.0
        if round(insured, 6) > threshold:
            covered = insured - threshold if terms.threshold_kind == "deductible" else insured
        claimed, interest = claim(covered, insured), 0.0
        if terms.loss_basis == "debt" and row["debt"] > 0:
            part = row["recovery"] / row["debt"]
            rule = terms.recovery_sharing
            share = {"pro_rata": part * claimed, "pro_rata_limit": part * insured,
                     "insurer_first": part * row["insurable"]}[rule]  # fmt: skip
            interest = min(claimed, share)
        owing = claimed - interest
        if terms.loss_basis == "debt":
            owing = min(owing, row["insurable"] * (1 - row["recovery"] / row["debt"])) if row["debt"] else 0.0
        if terms.aggregate_erosion == "before_percentage":
            part = row["recovery"] / row["debt"] if terms.loss_basis == "debt" and row["debt"] else 0.0
            eroding = covered
            if terms.loss_basis == "debt":
                eroding -= {"pro_rata": part * covered, "pro_rata_limit": min(part * insured, covered),
                            "insurer_first": min(part * row["insurable"], covered)}[terms.recovery_sharing]  # fmt: skip
            used = min(eroding, first_loss)
            left = claim((eroding - used) / eroding * covered, insured) if eroding > 0 else 0.0
            amount = min(left * owing / claimed, owing) if claimed > 0 else 0.0
        else:
            used = min(owing, first_loss)
            amount = owing - used
        first_loss -= used
        if row["discretionary"]:
            amount = min(amount, of_discretion)
        amount = min(amount, maximum)
        maximum -= amount
        if row["discretionary"]:
            of_discretion -= amount
        paid.append(amount)
    return paid


def turnover(ledger: PlainLedger, terms, start: date, end: date) -> float:
    """Sales of a year that the premium is charged on, net of tax."""
    total = 0.0
    for invoice in ledger.invoices:
        kind = ledger.buyers[invoice["buyer_id"]]["kind"]
        if not start < invoice["issued"] <= end or kind in NOT_INSURED:
            continue
        if terms.buyers and invoice["buyer_id"] not in terms.buyers:
            continue
        if (
            terms.maximum_terms_days is not None
            and (invoice["due"] - invoice["issued"]).days > terms.maximum_terms_days
        ):
            continue
        tax = 0.0 if invoice["tax"] != invoice["tax"] else invoice["tax"]
        left = invoice["amount"] - _cancelled(ledger, invoice)
        total += left * (1 - tax / invoice["amount"])
    return total


def _cancelled(ledger: PlainLedger, invoice: dict) -> float:
    """What credit notes have taken back of a sale; nothing where they only lower its price."""
    notes = [row for row in ledger.receipts[invoice["invoice_id"]] if row["kind"] == "credit_note"]
    credited, cancelled = 0.0, False
    for note in sorted(notes, key=lambda row: row["received"]):
        credited += note["amount"]
        soon = (note["received"] - invoice["issued"]).days <= ledger.cancellation.days
        share = ledger.cancellation.share if soon else 1.0
        cancelled = cancelled or credited > share * invoice["amount"] - CENT
    return credited if cancelled else 0.0
