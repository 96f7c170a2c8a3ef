"""Forms and spellings of a word are one word, and different words stay different."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.search.stems import spelled, stem

pytestmark = pytest.mark.any_database

FAMILIES = [
    "neutrophil neutrophils neutrophilic",
    "anaphylaxis anaphylactic anaphylactoid",
    "vaccine vaccines vaccination vaccinations vaccinated vaccinate",
    "allergy allergies allergic",
    "infection infections infected infectious",
    "inject injects injected injection injections",
    "dose doses dosing dosage",
    "malignancy malignancies malignant",
    "pediatric paediatric paediatrics paediatrician",
    "tumor tumour tumours",
    "refrigerator refrigerated refrigeration",
    "hypersensitive hypersensitivity",
    "contraindication contraindications contraindicated",
    "therapy therapies therapeutic",
    "dilute diluted dilution",
    "hospitalized hospitalised hospitalization hospitalisation",
    "neutropenia neutropaenia neutropenic",
    "diagnosis diagnoses diagnostic",
    "psoriasis psoriatic",
    "deficiency deficiencies deficient",
    "recurrence recurrent recurring",
    "inflammation inflammatory",
    "anemia anaemia anaemic",
    "edema oedema",
    "diarrhea diarrhoea",
    "liter litre litres",
    "sulfate sulphate",
    "leukocyte leucocyte leucocytes",
    "labeled labelled",
]
APART = [
    ("infection", "injection"),
    ("infusion", "injection"),
    ("count", "country"),
    ("hyper", "hypo"),
    ("dose", "does"),
    ("hour", "hourly rate"),
    ("virus", "viral"),
    ("mild", "mile"),
    ("adult", "adverse"),
    ("intravenous", "intramuscular"),
    ("increase", "decrease"),
    ("subcutaneous", "cutaneous"),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_forms_and_spellings_have_one_stem(family: str) -> None:
    assert len({stem(spelled(word)) for word in family.split()}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_words_have_different_stems(one: str, other: str) -> None:
    assert stem(spelled(one)) != stem(spelled(other))


def test_no_two_families_are_one() -> None:
    stems = [stem(spelled(family.split()[0])) for family in FAMILIES]
    assert all(one != other for one, other in combinations(stems, 2))


@given(st.text("abcdefgilmnorstuyz", max_size=12))
def test_a_spelling_and_a_stem_are_their_own(word: str) -> None:
    assert spelled(spelled(word)) == spelled(word)
    assert stem(stem(word)) == stem(word)
    assert bool(stem(word)) == bool(word)
