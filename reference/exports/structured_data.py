"""What a search engine is told of a monograph, in the words of schema.org.

No number of a dose: an excerpt would lose its population and its maximum.
"""

import json
from collections.abc import Mapping
from typing import Any

from .citation import LANGUAGE, one_line
from .code_systems import codes_told

# The text of a script ends where its end tag begins, whatever it says.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def medical_web_page(
    document: Mapping[str, Any], *, address: str, reviewed_on: str
) -> str:
    """Return the JSON-LD of a monograph, safe inside a script element of HTML.

    reviewed_on is when the whole text was last checked, or empty.
    """
    edition = document["edition"]
    page = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": f"{document['drug']['generic_name']}: {edition['label']}",
        "url": address,
        "inLanguage": LANGUAGE,
        "version": edition["number"],
        "dateModified": edition["revised_on"],
        "lastReviewed": reviewed_on,
        "reviewedBy": _organization(edition["issuer"]) if reviewed_on else None,
        "author": _organization(edition["issuer"]),
        "publisher": _organization(edition["publisher"] or edition["issuer"]),
        "audience": {"@type": "MedicalAudience", "audienceType": "Clinician"},
        "about": _drug(document),
    }
    told = {name: value for name, value in page.items() if value}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.translate(ESCAPED)


def _organization(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": one_line(name)}


def _drug(document: Mapping[str, Any]) -> dict[str, Any]:
    drug = document["drug"]
    told = {
        "@type": "Drug",
        "name": drug["generic_name"],
        "nonProprietaryName": drug["generic_name"],
        "proprietaryName": drug["brand_name"],
        "activeIngredient": drug["generic_name"],
        "drugClass": {"@type": "DrugClass", "name": drug["drug_class"]},
        "mechanismOfAction": drug["mechanism"],
        "administrationRoute": list(
            dict.fromkeys(row["route"] for row in document["regimens"])
        ),
        "code": [
            {
                "@type": "MedicalCode",
                "codingSystem": row["system"],
                "codeValue": row["value"],
            }
            for row in codes_told(document)
        ],
    }
    return {name: value for name, value in told.items() if value}
