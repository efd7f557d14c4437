"""The words of letters in French."""

from tradecredit.words.letters.catalogue import Catalogue, Tone

FRENCH = Catalogue(
    tag="fr", locale="fr_FR", amount="{number}\N{NO-BREAK SPACE}{currency}", long_day="d MMMM yyyy",
    short_day="dd/MM/yyyy", first_of_month="1er", colon="\u00a0: ", and_=" et ", comma=", ",
    to="", customer="Numéro de client", registration="Numéro d’immatriculation", date="Date", from_="Votre contact",
    telephone="Téléphone", email="Courriel", salutation="Madame, Monsieur,",
    tones={
        "friendly": Tone(
            subject="Rappel de paiement",
            opening="Sauf erreur de notre part, les montants ci-dessous, arrivés à échéance, ne nous étaient pas "
            "parvenus le {as_of}. Il s’agit sans doute d’un simple oubli.",
            demand="Nous vous remercions de bien vouloir nous régler {total} avant le {pay_by} inclus.",
            courtesy="Si une difficulté retarde votre règlement, n’hésitez pas à nous en faire part\u00a0: nous "
            "chercherons volontiers une solution avec vous.",
        ),
        "firm": Tone(
            subject="Relance\u00a0: factures échues",
            opening="Les montants ci-dessous sont échus et, d’après nos écritures au {as_of}, restent impayés.",
            demand="Nous vous demandons de faire le nécessaire pour que {total} nous parviennent avant le {pay_by} "
            "inclus.",
            consequence="Si vous ne pouvez pas régler dans ce délai, veuillez nous en indiquer le motif avant cette "
            "date.",
        ),
        "formal": Tone(
            subject="Mise en demeure de payer",
            opening="Les montants ci-dessous sont arrivés à échéance aux dates indiquées. D’après nos écritures au "
            "{as_of}, ils restent impayés.",
            demand="Par la présente, nous vous mettons en demeure de nous régler {total} au plus tard le {pay_by}.",
            consequence="À défaut de règlement dans ce délai, nous nous réservons le droit de suspendre nos "
            "livraisons, de retirer les délais de paiement accordés et d’engager toute démarche de recouvrement, dont "
            "les frais seront à votre charge dans les limites prévues par la loi.",
        ),
        "stop": Tone(
            subject="Factures échues\u00a0: livraisons suspendues",
            opening="Les montants ci-dessous sont échus et, d’après nos écritures au {as_of}, restent impayés. "
            "Nos nouvelles livraisons à crédit sont suspendues jusqu’à nouvel ordre.",
            demand="Nous vous demandons de régler {total} au plus tard le {pay_by}.",
            consequence="Dès réception de la totalité des sommes échues, nous examinerons la reprise de vos "
            "livraisons. À défaut de règlement, nous nous réservons le droit d’engager toute démarche de recouvrement.",
        ),
        "last": Tone(
            subject="Dernier avis avant recouvrement ou procédure judiciaire",
            opening="Les montants ci-dessous, échus depuis longtemps, restent impayés d’après nos écritures au "
            "{as_of}.",
            demand="Nous vous mettons une dernière fois en demeure de régler {total} au plus tard le {pay_by}.",
            consequence="Sans règlement intégral dans ce délai, nous confierons le dossier, sans autre avis, à une "
            "société de recouvrement ou à la justice. Les frais seront à votre charge dans les limites prévues par la "
            "loi.",
        ),
    },
    listed="Factures en {currency}, situation au {as_of}", invoice="Facture", issued="Date", due="Échéance",
    days="Jours de retard", amount_="Montant", open_="Solde", held="Exclu", to_pay="À régler", sum_="Total",
    held_note="Les montants exclus ne vous sont pas réclamés pour le moment\u00a0: ils sont {why}.",
    held_why={
        "disputed": "en litige", "set_off": "couverts par votre avoir chez nous",
        "planned": "compris dans un échéancier convenu", "promised": "couverts par votre promesse de paiement",
    },
    charged_by_law="Au titre du retard de paiement, nous vous facturons, comme le prévoit la loi ({law}), les sommes "
    "suivantes, arrêtées au {as_of}.",
    charged="Au titre du retard de paiement, nous vous facturons, comme le prévoit la loi, les sommes suivantes, "
    "arrêtées au {as_of}.",
    charged_as_agreed="Au titre du retard de paiement, nous vous facturons, comme convenu et comme le prévoit la loi, "
    "les sommes suivantes, arrêtées au {as_of}.",
    charges="Pénalités et frais de retard en {currency}", interest="Pénalités de retard",
    fee="Indemnité forfaitaire",
    daily="Chaque jour supplémentaire jusqu’au règlement y ajoute {amount} de pénalités.",
    reserved="Nous nous réservons le droit de réclamer les pénalités et indemnités de retard prévues par la loi ou par "
    "notre contrat.",
    asked="Total à régler", of_invoices="Factures", total="Total",
    pay_to="Coordonnées bancaires pour votre règlement",
    pay_to_in="Coordonnées bancaires pour votre règlement en {currency}",
    holder="Titulaire", bank="Banque", iban="IBAN", account_number="Numéro de compte", bic="BIC",
    reference="Référence à rappeler",
    paid="Si votre règlement nous a été adressé entre-temps, veuillez ne pas tenir compte de cette lettre et nous en "
    "indiquer la date et le montant.",
    objections="Si vous contestez une facture, en tout ou en partie, veuillez nous préciser laquelle et pour quel "
    "motif {reach}. Tout ce qui n’est pas contesté reste exigible.",
    by_email="par courriel à {email}", by_phone="par téléphone au {phone}", or_=" ou ",
    closing=("Veuillez agréer, Madame, Monsieur, l’expression de nos salutations distinguées.",), date_at_end=False,
)  # fmt: skip
