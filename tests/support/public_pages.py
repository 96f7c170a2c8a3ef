"""The public pages by name: what pictures, HTML and accessibility tests look at."""

MONOGRAPH = "/anakinra/"
DOSE = f"{MONOGRAPH}dose/"
EVERY_LINE = f"{MONOGRAPH}doses/"
FIRST_EDITION = f"{MONOGRAPH}editions/1/"

DOSES = {
    "dose": DOSE,
    "dose-computed": f"{DOSE}?regimen=css-sc&weight=20&edition=1",
    "dose-chosen": f"{DOSE}?regimen=nomid-sc&weight=20&doses_per_day=2&edition=1",
    "dose-syringes": f"{DOSE}?regimen=nomid-sc&weight=200&doses_per_day=1"
    "&confirm=yes&edition=1",
    "dose-infusion": f"{DOSE}?regimen=css-iv&weight=70&hours=72&edition=1",
    "dose-age": f"{DOSE}?regimen=nomid-sc&weight=20&age=4&age_unit=years"
    "&crcl=20&edition=1",
    "dose-invalid": f"{DOSE}?regimen=nomid-sc&weight=70%2C5&edition=1",
    "dose-confirm": f"{DOSE}?regimen=pjia-sc&weight=120&edition=1",
    "dose-outside": f"{DOSE}?regimen=dira-sc&weight=20&rate=9&edition=1",
    "dose-other-edition": f"{DOSE}?regimen=nomid-sc&weight=20&edition=7",
    "dose-none-printed": f"{DOSE}?indication=kawasaki",
    "dose-unknown": f"{DOSE}?unknown=1",
}

PAGES = {
    "monograph": MONOGRAPH,
    "indication": f"{MONOGRAPH}indications/nomid/",
    "indication-infusion": f"{MONOGRAPH}indications/css/",
    "indication-fixed": f"{MONOGRAPH}indications/gout/",
    "indication-no-dosing": f"{MONOGRAPH}indications/kawasaki/",
    "discrepancies": f"{MONOGRAPH}discrepancies/",
    "monitoring": f"{MONOGRAPH}monitoring/",
    "monitoring-dates": f"{MONOGRAPH}monitoring/?start=2026-01-31",
    "monitoring-invalid": f"{MONOGRAPH}monitoring/?start=soon",
    "search": "/search/",
    "search-found": "/search/?q=neut",
    "search-row": "/search/?q=sjia",
    "search-none": "/search/?q=zzz",
    "search-guess": "/search/?q=kinaret",
    "print": f"{MONOGRAPH}print/",
    "editions": f"{MONOGRAPH}editions/",
    "edition": FIRST_EDITION,
    "edition-changes": f"{FIRST_EDITION}changes/",
    "edition-discrepancies": f"{FIRST_EDITION}discrepancies/",
    "edition-indication": f"{FIRST_EDITION}indications/nomid/",
    "edition-print": f"{FIRST_EDITION}print/",
    **DOSES,
    "doses": EVERY_LINE,
    "doses-at-a-weight": f"{EVERY_LINE}?weight=20&edition=1",
    "doses-heavy": f"{EVERY_LINE}?weight=70&age=40&age_unit=years&edition=1",
    "doses-invalid": f"{EVERY_LINE}?weight=70%2C5&edition=1",
    "doses-confirm": f"{EVERY_LINE}?weight=160&edition=1",
    "doses-other-edition": f"{EVERY_LINE}?weight=20&edition=7",
}

NOT_FOUND = "/nowhere/at/all/"

# All that a reader comes to, and two answers that say that there is nothing there.
ADDRESSES = [*PAGES.values(), f"{MONOGRAPH}monograph.pdf", NOT_FOUND]

# While edition 1 is in force, these are the pages of the same names without "edition".
TWINS = {"edition", "edition-print", "edition-discrepancies", "edition-indication"}
