"""The words of letters in German."""

from tradecredit.words.letters.catalogue import Catalogue, Tone

GERMAN = Catalogue(
    tag="de", locale="de_DE", amount="{number}\N{NO-BREAK SPACE}{currency}", long_day="d. MMMM yyyy",
    short_day="dd.MM.yyyy", first_of_month="1", colon=": ", and_=" und ", comma=", ",
    to="", customer="Kundennummer", registration="Registernummer", date="Datum", from_="Ihr Kontakt",
    telephone="Telefon", email="E-Mail", salutation="Sehr geehrte Damen und Herren,",
    tones={
        "friendly": Tone(
            subject="Zahlungserinnerung",
            opening="die unten aufgeführten Beträge sind fällig. Bis zum {as_of} konnten wir dazu keinen "
            "Zahlungseingang feststellen; vielleicht sind sie Ihrer Aufmerksamkeit entgangen.",
            demand="Bitte überweisen Sie {total} bis zum {pay_by}.",
            courtesy="Sollte einer Zahlung etwas entgegenstehen, sprechen Sie uns bitte an: Wir finden gern gemeinsam "
            "mit Ihnen eine Lösung.",
        ),
        "firm": Tone(
            subject="Mahnung",
            opening="die unten aufgeführten Beträge sind überfällig und nach unseren Unterlagen zum {as_of} noch nicht "
            "bezahlt.",
            demand="Bitte sorgen Sie dafür, dass {total} bis zum {pay_by} auf unserem Konto eingehen.",
            consequence="Sollten Sie bis dahin nicht zahlen können, nennen Sie uns bitte vorher den Grund.",
        ),
        "formal": Tone(
            subject="Mahnung mit Fristsetzung",
            opening="die unten aufgeführten Beträge waren zu den genannten Tagen fällig. Nach unseren Unterlagen zum "
            "{as_of} sind sie noch immer nicht bezahlt.",
            demand="Wir fordern Sie auf, {total} bis spätestens zum {pay_by} zu zahlen.",
            consequence="Geht der Betrag bis dahin nicht ein, behalten wir uns vor, Lieferungen auszusetzen, "
            "eingeräumte Zahlungsziele zu widerrufen und weitere Schritte zur Beitreibung einzuleiten. Deren Kosten "
            "gehen, soweit das Gesetz es zulässt, zu Ihren Lasten.",
        ),
        "stop": Tone(
            subject="Überfällige Rechnungen: Lieferungen ausgesetzt",
            opening="die unten aufgeführten Beträge sind überfällig und nach unseren Unterlagen zum {as_of} noch nicht "
            "bezahlt. Weitere Lieferungen auf Rechnung sind vorerst ausgesetzt.",
            demand="Bitte zahlen Sie {total} bis zum {pay_by}.",
            consequence="Sobald alle fälligen Beträge eingegangen sind, prüfen wir die Freigabe Ihrer Lieferungen. "
            "Bleibt die Zahlung aus, behalten wir uns weitere Schritte zur Beitreibung vor.",
        ),
        "last": Tone(
            subject="Letzte Zahlungsaufforderung vor Einleitung des Inkasso- oder Gerichtsverfahrens",
            opening="die unten aufgeführten Beträge sind überfällig und nach unseren Unterlagen zum {as_of} noch immer "
            "nicht bezahlt.",
            demand="Wir fordern Sie letztmalig auf, {total} bis zum {pay_by} zu zahlen.",
            consequence="Ist der volle Betrag bis dahin nicht eingegangen, übergeben wir die Sache ohne weitere "
            "Ankündigung einem Inkassounternehmen oder dem Gericht. Die Kosten gehen, soweit das Gesetz es zulässt, zu "
            "Ihren Lasten.",
        ),
    },
    listed="Rechnungen in {currency}, Stand {as_of}", invoice="Rechnung", issued="Datum", due="Fällig am",
    days="Tage überfällig", amount_="Betrag", open_="Offen", held="Ruhend", to_pay="Zu zahlen", sum_="Summe",
    held_note="Ruhende Beträge fordern wir derzeit nicht: Sie sind {why}.",
    held_why={
        "disputed": "strittig", "set_off": "durch Ihr Guthaben bei uns gedeckt",
        "planned": "Gegenstand einer Ratenzahlung", "promised": "durch Ihre Zahlungszusage gedeckt",
    },
    charged_by_law="Für den Verzug berechnen wir, wie es das Gesetz vorsieht ({law}), bis zum {as_of}:",
    charged="Für den Verzug berechnen wir, wie es das Gesetz vorsieht, bis zum {as_of}:",
    charged_as_agreed="Für den Verzug berechnen wir, wie vereinbart und wie es das Gesetz vorsieht, bis zum {as_of}:",
    charges="Verzugskosten in {currency}", interest="Verzugszinsen", fee="Pauschale",
    daily="Mit jedem weiteren Tag bis zur Zahlung kommen Zinsen von {amount} hinzu.",
    reserved="Verzugszinsen und den Ersatz des Verzugsschadens behalten wir uns vor, soweit Gesetz oder Vertrag sie "
    "vorsehen.",
    asked="Gesamtforderung", of_invoices="Rechnungen", total="Gesamtbetrag",
    pay_to="Bitte überweisen Sie auf dieses Konto", pay_to_in="Bitte überweisen Sie Beträge in {currency} auf dieses "
    "Konto",
    holder="Kontoinhaber", bank="Bank", iban="IBAN", account_number="Kontonummer", bic="BIC",
    reference="Verwendungszweck",
    paid="Haben Sie inzwischen gezahlt, betrachten Sie dieses Schreiben bitte als gegenstandslos und nennen Sie uns "
    "Tag und Betrag der Zahlung.",
    objections="Haben Sie Einwände gegen eine Rechnung oder einen Teil davon, teilen Sie uns bitte {reach} mit, welche "
    "und warum. Alles, was nicht strittig ist, bleibt zu zahlen.",
    by_email="per E\N{NON-BREAKING HYPHEN}Mail an {email}", by_phone="telefonisch unter {phone}", or_=" oder ",
    closing=("Mit freundlichen Grüßen",), date_at_end=False,
)  # fmt: skip
