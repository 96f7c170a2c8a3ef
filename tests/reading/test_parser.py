"""What guides print is read; what changes a dose and cannot be placed is refused."""

import pytest

from reference.reading import read_line

READ = {
    "RA: 10 mg daily x 9 days": "10 mg per dose; how often once every day; for 9 days",
    "RA: 5 mg tid x3d": "5 mg per dose; how often 3 doses every day; for 3 days",
    "RA: 100 mg thrice daily": "100 mg per dose; how often 3 doses every day",
    "RA: 50 mg b.i.d.": "50 mg per dose; how often 2 doses every day",
    "RA: 50 mg q8h": "50 mg per dose; how often 3 doses every day",
    "RA: 50 mg every 12 hours": "50 mg per dose; how often 2 doses every day",
    "RA: 50 mg every 48 hours": "50 mg per dose; how often once every 2 days",
    "RA: 50 mg once or twice daily": "50 mg per dose; how often 1 to 2 doses every day",
    "RA: 100 mg/day in 2 doses": "100 mg per day; how often 2 divided doses every day",
    "RA: 2 mg per kg per day divided BID": "2 mg/kg per day; "
    "how often 2 divided doses every day",
    "RA: 2 mg/kg/d divided q12h": "2 mg/kg per day; "
    "how often 2 divided doses every day",
    "RA: 2 mg/kg daily in two to four divided doses": "2 mg/kg per day; "
    "how often 2 to 4 divided doses every day",
    "RA: 1 to 2 mg/kg daily in divided doses": "1 to 2 mg/kg per day; "
    "how often divided doses, number not given, every day",
    "RA: 2-3 mg/kg/day": "2 to 3 mg/kg per day; "
    "how often doses, number not given, every day",
    "RA: 100mg-200mg daily": "100 to 200 mg per dose; how often once every day",
    "RA: 100 – 200 mg daily": "100 to 200 mg per dose; how often once every day",
    "RA: 1,500 mcg daily": "1,500 micrograms per dose; how often once every day",
    "RA: ten milligrams daily": "10 mg per dose; how often once every day",
    "RA: 100 mg every other week": "100 mg per dose; how often once every 14 days",
    "RA: 100 mg weekly for 4 weeks": "100 mg per dose; how often once every 7 days; "
    "for 28 days",
    "RA: 100 mg q4w": "100 mg per dose; how often once every 28 days",
    "RA: 100 mg every four weeks": "100 mg per dose; how often once every 28 days",
    "RA: 100 mg every 3 months": "100 mg per dose; how often once every 3 months",
    "RA: 1 mg/kg at weeks 0, 2, and 6": "1 mg/kg per dose; "
    "how often once at weeks 0, 2, 6",
    "RA: 1 g on days 1 and 15": "1 g per dose; how often once at days 1, 15",
    "RA: 100 mg as a single dose": "100 mg per dose; how often once",
    "RA: 1-2 mg/kg (maximum of 100 mg) daily": "1 to 2 mg/kg per dose; "
    "how often once every day; maximum 100 mg per dose",
    "RA: 2 mg/kg q12h, max daily dose 100 mg": "2 mg/kg per dose; "
    "how often 2 doses every day; maximum 100 mg per day",
    "RA: 2 mg/kg q12h, not to exceed 100 mg/dose": "2 mg/kg per dose; "
    "how often 2 doses every day; maximum 100 mg per dose",
    "RA: 2 mg/kg daily, no more than 100 mg": "2 mg/kg per dose; "
    "how often once every day; maximum 100 mg per dose",
    "RA: 2 mg/kg daily up to a maximum of 100 mg": "2 mg/kg per dose; "
    "how often once every day; maximum 100 mg per dose",
    "RA: 1 mg/kg/day, may be increased to 2 mg/kg/day": "1 mg/kg per day; "
    "how often doses, number not given, every day; may increase to 2 mg/kg per day",
    "RA: 2 mg/kg/hr continuous infusion for up to 24 h": "2 mg/kg per hour; "
    "how often continuously; for up to 24 hours; "
    "route intravenous infusion or subcutaneous",
    "RA: 2 mg/kg IV bolus once daily": "2 mg/kg per dose; how often once every day; "
    "route intravenous injection",
    "RA: 9 mg daily by mouth": "9 mg per dose; how often once every day; route oral",
    "Patients 15 to <30 kg: 100 mg daily": "100 mg per dose; how often once every day; "
    "from 15 kg; below 30 kg",
    "Patients ≥15 kg and <30 kg: 100 mg daily": "100 mg per dose; "
    "how often once every day; from 15 kg; below 30 kg",
    "Children aged 2 years and older: 100 mg daily": "100 mg per dose; "
    "how often once every day; pediatric; from 2 years of age",
    "Adolescents and adults: 100 mg daily": "100 mg per dose; "
    "how often once every day; adult and pediatric",
    "Adult-onset Still's disease: 100 mg daily": "100 mg per dose; "
    "how often once every day",
}
REFUSED = (
    "RA: 100 mg",
    "RA: once daily",
    "RA: 100 once daily",
    "RA: a hundred mg daily",
    "RA: 1OO mg daily",
    "RA: 100/200 mg daily",
    "RA: 100 mg or 200 mg daily",
    "RA: 100 mg, 200 mg daily",
    "RA: 1 000 mg daily",
    "RA: 0,5 mg daily",
    "RA: .5 mg daily",
    "RA: -5 mg daily",
    "RA: ½ mg daily",
    "RA: ~5 mg daily",
    "RA: 5 mg/10 kg daily",
    "RA: up to 2 mg/kg daily",
    "RA: at least 2 mg/kg daily",
    "RA: 2 mg/kg daily minimum 50 mg",
    "RA: 2 mg/kg in divided doses",
    "RA: 2 mg/kg once daily in 2 divided doses",
    "RA: 100 mg every 4-6 weeks",
    "RA: 100 mg every 5 hours",
    "RA: 100 mg three times weekly",
    "RA: 100 mg biweekly",
    "RA: 100 mg on alternate days",
    "RA: 100 mg daily on Mondays and Thursdays",
    "RA: 100 mg daily, 10 days on, 10 days off",
    "RA: 100 mg nightly",
    "RA: 50 mg q8h prn",
    "RA: 50 mg daily as needed",
    "RA: 100 mg daily for 10 days, then weekly",
    "RA: 100 mg daily for at least 6 months",
    "RA: 100 mg daily, taper over 3 months",
    "RA: 2 mg/kg IV over 1 hour every 4 weeks",
    "RA: 2 mg/kg hourly",
    "RA: 48 mg/kg/24 h",
    "RA: 100 mg once, may repeat in 14 days",
    "RA: 200 mg loading dose then 100 mg daily",
    "RA: 100 mg daily (50 mg if CrCl < 30 mL/min)",
    "RA: 1 mg/kg/day, increase by 0.5 mg/kg/day every 2 weeks to 4 mg/kg/day",
    "RA: 100 mg (0.67 mL) daily",
    "RA: 100 mg once daily in adults, 50 mg once daily in children",
    "Adults over 60 kg: 100 mg daily",
    "Patients 15-30 kg: 100 mg daily",
    "Children 2 to 17 years: 100 mg daily",
    "Infants under 6 months: 100 mg daily",
    "Not for children: 100 mg daily",
    "Adults, weekly: 100 mg daily",
    "RA: do not give 100 mg daily",
)


@pytest.mark.parametrize("words", READ)
def test_a_printed_line_is_read_whole(words: str) -> None:
    reading = read_line(words)
    assert reading.in_words == f"dose {READ[words]}"
    assert reading.is_whole


@pytest.mark.parametrize("words", REFUSED)
def test_a_line_that_cannot_be_placed_whole_is_refused(words: str) -> None:
    assert not read_line(words).is_whole


def test_numbers_of_a_name_are_no_amounts() -> None:
    reading = read_line("COVID-19, IL-1β, type 2 (interleukin-6)*: 100 mg once daily")
    assert reading.in_words == "dose 100 mg per dose; how often once every day"


def test_a_name_that_holds_an_amount_is_part_of_the_line() -> None:
    assert not read_line("RA, 100 mg: 50 mg once daily").is_whole


def test_words_without_sense_are_refused_and_never_raise() -> None:
    for words in ("", " ", ":", ": ", "mg", "0", "max", "every", "/kg", "by a " * 5000):
        assert not read_line(words).is_whole
