"""From a code in a patient's record to the page about it, as HL7's infobutton asks.

Its URL-based request is MedlinePlus Connect's too. What else it may say, of the patient
or the task, is not read.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anakinra_site.http import public_page
from reference.editions import kept_editions

from .code_systems import CODE_SYSTEMS, NAME_OF_OID
from .coded_editions import Asked, Coded, coded_editions

VALUE, SYSTEM = "mainSearchCriteria.v.c", "mainSearchCriteria.v.cs"
SYSTEMS_ASKED = ("RxNorm", "NDC", "ATC", "ICD-10-CM", "SNOMED CT")
HOW_TO_ASK = (
    f"Send {VALUE} with a code and {SYSTEM} with the OID of its system, each once: "
    + ", ".join(f"{CODE_SYSTEMS[name].oid} ({name})" for name in SYSTEMS_ASKED)
    + "."
)


@public_page
def infobutton(request: HttpRequest) -> HttpResponse:
    """The page of the drug or indication that the code stands for."""
    value, system = (request.GET.getlist(name) for name in (VALUE, SYSTEM))
    if [len(value), len(system)] != [1, 1] or not value[0] or not system[0]:
        return _said(HOW_TO_ASK, status=400)
    name = NAME_OF_OID.get(system[0])
    if name not in SYSTEMS_ASKED:
        return _said(f"Codes of that system are not known here. {HOW_TO_ASK}", 404)
    with kept_editions.asking():
        found = coded_editions([Asked(name, value[0])])
        addresses = sorted({f"{settings.PUBLIC_ORIGIN}{_page(one)}" for one in found})
    if not addresses:
        return _said("No guide in force here has this code.", status=404)
    if len(addresses) > 1:
        return _said("\n".join(addresses), status=300)
    response = HttpResponse(status=303)
    response.headers["Location"] = addresses[0]
    return response


def _page(found: Coded) -> str:
    if found.indication is None:
        return found.edition.drug.get_absolute_url()
    keys = [found.edition.drug.slug, found.indication]
    return reverse("reference:indication", args=keys)


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status=status)
