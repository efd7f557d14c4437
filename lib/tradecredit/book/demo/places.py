"""Where the demo company's buyers are and what they do."""

import pandas as pd

HOME = "DE"

COUNTRIES = pd.DataFrame(
    [  # share of buyers, language, currency, days late in logs, shares of TERMS_DAYS in %, legal forms
        ("DE", 0.34, "de", "EUR", -0.05, (14, 44, 24, 16, 2), "GmbH,GmbH,GmbH & Co. KG,AG,KG"),
        ("AT", 0.07, "de", "EUR", -0.05, (14, 46, 22, 16, 2), "GmbH,GmbH,AG"),
        ("NL", 0.09, "nl", "EUR", -0.05, (12, 48, 20, 18, 2), "B.V.,B.V.,N.V."),
        ("BE", 0.06, "nl", "EUR", 0.00, (8, 46, 20, 24, 2), "BV,BV,NV"),
        ("FR", 0.11, "fr", "EUR", 0.05, (4, 36, 34, 26, 0), "SAS,SARL,SA"),
        ("IT", 0.09, "it", "EUR", 0.15, (2, 22, 10, 46, 20), "S.r.l.,S.r.l.,S.p.A."),
        ("ES", 0.06, "es", "EUR", 0.10, (3, 25, 12, 50, 10), "S.L.,S.L.,S.A."),
        ("PT", 0.03, "pt", "EUR", 0.15, (2, 26, 14, 48, 10), "Lda.,Lda.,S.A."),
        ("IE", 0.02, "en", "EUR", 0.05, (6, 54, 20, 19, 1), "Ltd,Ltd,Ltd,PLC"),
        ("FI", 0.02, "fi", "EUR", -0.12, (42, 48, 6, 4, 0), "Oy,Oy,Oyj"),
        ("GB", 0.07, "en", "GBP", 0.05, (8, 48, 22, 20, 2), "Ltd,Ltd,Ltd,PLC"),
        ("US", 0.04, "en", "USD", 0.00, (2, 54, 20, 22, 2), "Inc.,LLC,Corp."),
    ],
    columns=["country", "share", "language", "currency", "late", "terms", "forms"],
).set_index("country")

SECTORS = pd.DataFrame(
    {  # share of private buyers; revenue / assets; current assets / assets; inventories / current assets
        "A": (0.04, 0.8, 0.40, 0.45), "C": (0.27, 1.3, 0.55, 0.40), "D": (0.02, 0.7, 0.35, 0.10),
        "E": (0.02, 0.9, 0.40, 0.10), "F": (0.10, 1.5, 0.65, 0.30), "G": (0.24, 2.2, 0.70, 0.50),
        "H": (0.07, 1.5, 0.45, 0.05), "I": (0.04, 1.2, 0.30, 0.10), "J": (0.04, 1.3, 0.60, 0.08),
        "M": (0.05, 1.4, 0.65, 0.06), "N": (0.05, 1.5, 0.55, 0.06), "P": (0.01, 0.9, 0.40, 0.05),
        "Q": (0.03, 1.1, 0.45, 0.08), "S": (0.02, 1.3, 0.50, 0.12), "O": (0.00, 0.8, 0.40, 0.05),
    },
    index=["share", "turnover", "current", "inventories"],
).T  # fmt: skip

PUBLIC_NAMES = {  # a council (O), a school (P), a hospital (Q)
    "DE": "Stadt|Hochschule|Klinikum", "AT": "Stadtgemeinde|Fachhochschule|Landesklinikum",
    "NL": "Gemeente|Hogeschool|Ziekenhuis", "FR": "Ville de|Lycée de|Hôpital de",
    "IT": "Comune di|Università di|Ospedale di", "ES": "Ayuntamiento de|Universidad de|Hospital de",
}  # fmt: skip
