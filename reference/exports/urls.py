"""The addresses at which programs read, follow, cite or index the guides."""

from django.urls import path

from . import infobutton, views
from .fhir import views as fhir

EDITION = "<slug:drug>/editions/<number:number>/"

urlpatterns = [
    path("sitemap.xml", views.sitemap_xml, name="sitemap"),
    path("robots.txt", views.robots_txt, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security"),
    path(
        "schemas/edition-<number:version>.json",
        views.edition_schema,
        name="edition_schema",
    ),
    path("infobutton/", infobutton.infobutton, name="infobutton"),
    path("fhir/metadata", fhir.metadata, name="fhir_metadata"),
    path("fhir/StructureDefinition/<str:key>", fhir.definition, name="fhir_defined"),
    path("fhir/MedicationKnowledge", fhir.search, name="fhir_search"),
    path("fhir/<str:kind>/<str:key>", fhir.read, name="fhir_read"),
    path(
        "fhir/<str:kind>/<str:key>/_history/<number:number>",
        fhir.read_version,
        name="fhir_version",
    ),
    path("fhir", fhir.not_offered),
    path("fhir/", fhir.not_offered),
    path("fhir/<path:rest>", fhir.not_offered, name="fhir_not_offered"),
    path("<slug:drug>/changes.atom", views.changes_atom, name="changes_atom"),
    path(f"{EDITION}edition.json", views.edition_json, name="edition_json"),
    path(f"{EDITION}fhir.json", fhir.edition_fhir, name="edition_fhir"),
    *(
        path(f"{EDITION}{file}", views.edition_citation, {"form": form}, name=form)
        for form, file in (
            ("edition_ris", "citation.ris"),
            ("edition_bibtex", "citation.bib"),
            ("edition_csl", "citation.csl.json"),
        )
    ),
]
