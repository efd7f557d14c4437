"""The words of letters in English."""

from tradecredit.words.letters.catalogue import Catalogue, Tone

ENGLISH = Catalogue(
    tag="en", locale="en_GB", amount="{currency}\N{NO-BREAK SPACE}{number}", long_day="d MMMM yyyy",
    short_day="d MMM yyyy", first_of_month="1", colon=": ", and_=" and ", comma=", ",
    to="", customer="Customer number", registration="Registration number", date="Date", from_="Contact",
    telephone="Telephone", email="Email", salutation="Dear Sir or Madam,",
    tones={
        "friendly": Tone(
            subject="Payment reminder",
            opening="The amounts listed below are past due. According to our records they had not reached us by "
            "{as_of}; perhaps they have simply been overlooked.",
            demand="We would be grateful if you would transfer {total} by {pay_by}.",
            courtesy="If anything keeps you from paying, please let us know: we will gladly look for a solution with "
            "you.",
        ),
        "firm": Tone(
            subject="Overdue payment",
            opening="The amounts listed below are past due and, according to our records of {as_of}, still unpaid.",
            demand="Please make sure that {total} reaches our account by {pay_by}.",
            consequence="If you cannot pay by then, please give us the reason before that day.",
        ),
        "formal": Tone(
            subject="Formal demand for payment",
            opening="The amounts listed below fell due on the days stated. According to our records of {as_of} they "
            "are still unpaid.",
            demand="We formally demand that you pay {total} by {pay_by} at the latest.",
            consequence="Should payment not reach us by then, we reserve the right to suspend deliveries, to withdraw "
            "the payment terms that we have granted, and to take further steps to recover the debt. As far as the law "
            "allows, you will bear the costs of these.",
        ),
        "stop": Tone(
            subject="Overdue payment: deliveries on hold",
            opening="The amounts listed below are past due and, according to our records of {as_of}, still unpaid. "
            "Further deliveries on open account are on hold for the time being.",
            demand="Please pay {total} by {pay_by}.",
            consequence="As soon as all that is due has been paid, we will review the release of your deliveries. If "
            "payment fails to arrive, we reserve the right to take further steps to recover the debt.",
        ),
        "last": Tone(
            subject="Final demand before collection proceedings",
            opening="The amounts listed below are, according to our records of {as_of}, still unpaid although they "
            "have long been due.",
            demand="We demand for the last time that you pay {total} by {pay_by}.",
            consequence="If the full amount has not reached us by then, we will pass the matter to a collection agency "
            "or to the courts without further notice. As far as the law allows, you will bear the costs.",
        ),
    },
    listed="Invoices in {currency}, as of {as_of}", invoice="Invoice", issued="Issued", due="Due", days="Days past due",
    amount_="Amount", open_="Open", held="Held out", to_pay="To pay", sum_="Total",
    held_note="What is held out is not asked for at present: it is {why}.",
    held_why={
        "disputed": "in dispute", "set_off": "covered by money of yours on account with us",
        "planned": "to come in agreed instalments", "promised": "covered by your promise to pay",
    },
    charged_by_law="For late payment we charge the following as the law provides ({law}), up to {as_of}.",
    charged="For late payment we charge the following as the law provides, up to {as_of}.",
    charged_as_agreed="For late payment we charge the following as agreed and as the law provides, up to {as_of}.",
    charges="Charges for late payment in {currency}", interest="Interest", fee="Fixed compensation",
    daily="Each further day until payment adds interest of {amount}.",
    reserved="We reserve the right to claim interest and compensation for late payment as far as the law or our "
    "contract allows.",
    asked="Total to be paid", of_invoices="Invoices", total="Total",
    pay_to="Please pay to this account", pay_to_in="Please pay amounts in {currency} to this account",
    holder="Account holder", bank="Bank", iban="IBAN", account_number="Account number", bic="BIC",
    reference="Reference",
    paid="If you have paid in the meantime, please disregard this letter and tell us the day and amount of the "
    "payment.",
    objections="If you object to an invoice, or to part of one, please tell us which and why {reach}. All that is not "
    "in dispute remains payable.",
    by_email="by email to {email}", by_phone="by telephone on {phone}", or_=" or ",
    closing=("Yours faithfully,",), date_at_end=False,
)  # fmt: skip
