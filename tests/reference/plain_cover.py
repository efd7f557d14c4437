"""What a policy insures of a ledger, one invoice after the other in plain Python, by definitions §5 alone."""

from datetime import date, timedelta

NOT_INSURABLE = ("public", "affiliate", "prepaid")
CENT = 0.005


def limit_on(day: date, decisions: list[dict]) -> float | None:
    """Return the insurer's limit of a buyer on a day: None: none named by then, 0: refused, withdrawn or expired."""
    made = [decision for decision in decisions if decision["valid_from"] <= day]
    alive = [decision for decision in made if decision["valid_to"] is None or decision["valid_to"] >= day]
    if alive:
        return max(alive, key=lambda decision: decision["valid_from"])["amount"]
    return 0.0 if made else None


def owed_on(day: date, invoice: dict) -> float:
    """Return what was owed of an invoice on a day; `parts`: what was paid of it before, by day."""
    if invoice["paid"] and invoice["paid"] <= day:
        return 0.0
    return invoice["gross"] - sum(amount for when, amount in invoice["parts"] if when <= day)


def stopped_on(day: date, invoices: list[dict], extension: int | None, tolerance: float) -> bool:
    """Return whether more than the tolerance of an invoice of the buyer was owed on a day after its extension."""
    if extension is None:
        return False
    return any(
        invoice["due"] + timedelta(days=extension) < day and owed_on(day, invoice) > tolerance for invoice in invoices
    )


def insured(buyer: dict, invoices: list[dict], decisions: list[dict], terms: dict) -> list[tuple[float, str]]:
    """Return insured debt and reason of each open invoice of a buyer, in the order of `invoices`.

    An invoice: issued, due, gross, parts (days and amounts of payments before the last), paid (day of the last; None:
    open), net (owed without tax and what is disputed), given_up (of a loss, owed still for the policy). `terms`:
    extension, tolerance, discretionary (amount), maximum_terms, starts.
    """
    found: dict[int, tuple[float, str]] = {}
    filled = 0.0
    for number, invoice in sorted(enumerate(invoices), key=lambda pair: pair[1]["issued"]):
        owed = (invoice["net"] if invoice["paid"] is None else 0.0) + invoice["given_up"]
        if owed == 0:
            continue
        limit = limit_on(invoice["issued"], decisions)
        named = limit is not None
        applied = limit if named else terms["discretionary"]
        if invoice["issued"] < terms["starts"]:
            found[number] = (0.0, "outside_period")
        elif buyer["kind"] in NOT_INSURABLE:
            found[number] = (0.0, "kind_of_buyer")
        elif (invoice["due"] - invoice["issued"]).days > terms["maximum_terms"]:
            found[number] = (0.0, "terms_too_long")
        elif stopped_on(invoice["issued"], invoices, terms["extension"], terms["tolerance"]):
            found[number] = (0.0, "shipped_after_stop")
        elif applied == 0:
            found[number] = (0.0, "no_limit_on_shipment_day" if named else "no_limit_named")
        else:
            after = max(filled, min(filled + owed, applied))
            part = after - filled
            filled = after
            reason = "covered" if owed - part < CENT else "covered_in_part" if part >= CENT else "limit_filled"
            found[number] = (part, reason)
    return [found[number] for number in sorted(found) if invoices[number]["paid"] is None]
