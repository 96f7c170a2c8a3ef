"""The addresses of what other programs rely on: the schema and the API's description.

An edition itself is answered by views.py.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from anakinra_site.cross_origin import readable_from_anywhere

from .exports.edition_schema import VERSION, schema_address, schema_bytes
from .exports.openapi import openapi_bytes
from .views import public_page


@public_page
@readable_from_anywhere
def edition_schema(request: HttpRequest, version: int) -> HttpResponse:
    """The JSON Schema of edition.json, at an address for each version of it."""
    if version != VERSION:
        raise Http404
    return HttpResponse(schema_bytes(schema_address()), "application/schema+json")


@public_page
@readable_from_anywhere
def openapi(request: HttpRequest) -> HttpResponse:
    """What programs may ask of this site."""
    return HttpResponse(openapi_bytes(settings.PUBLIC_ORIGIN), "application/json")
