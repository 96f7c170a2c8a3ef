"""The public addresses."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from . import (
    discovery_views,
    dose_views,
    export_views,
    fhir_views,
    infobutton,
    pdf_views,
    search_views,
    views,
)


class NumberConverter(IntConverter):
    """A number from 1 without leading zeros, so that an edition has one address."""

    regex = "[1-9][0-9]{0,8}"


register_converter(NumberConverter, "number")

app_name = "reference"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search_views.search, name="search"),
    path("sitemap.xml", discovery_views.sitemap_xml, name="sitemap"),
    path("robots.txt", discovery_views.robots_txt, name="robots"),
    path(".well-known/security.txt", discovery_views.security_txt, name="security"),
    path("openapi.json", export_views.openapi, name="openapi"),
    path(
        "schemas/edition-<number:version>.json",
        export_views.edition_schema,
        name="edition_schema",
    ),
    path("infobutton/", infobutton.infobutton, name="infobutton"),
    path("fhir/metadata", fhir_views.metadata, name="fhir_metadata"),
    path(
        "fhir/StructureDefinition/<str:key>", fhir_views.definition, name="fhir_defined"
    ),
    path("fhir/MedicationKnowledge", fhir_views.search, name="fhir_search"),
    path("fhir/<str:kind>/<str:key>", fhir_views.read, name="fhir_read"),
    path(
        "fhir/<str:kind>/<str:key>/_history/<number:number>",
        fhir_views.read_version,
        name="fhir_version",
    ),
    path("fhir", fhir_views.not_offered),
    path("fhir/", fhir_views.not_offered),
    path("fhir/<path:rest>", fhir_views.not_offered, name="fhir_not_offered"),
    path("<slug:drug>/", views.monograph, name="monograph"),
    path("<slug:drug>/dose/", dose_views.dose, name="dose"),
    path("<slug:drug>/indications/", views.indications, name="indications"),
    path("<slug:drug>/indications/<slug:key>/", views.indication, name="indication"),
    path("<slug:drug>/discrepancies/", views.discrepancies, name="discrepancies"),
    path("<slug:drug>/compare/", views.comparison, name="comparison"),
    path("<slug:drug>/monitoring/", views.monitoring, name="monitoring"),
    path(
        "<slug:drug>/monitoring.ics",
        export_views.monitoring_calendar,
        name="monitoring_ics",
    ),
    path("<slug:drug>/print/", views.monograph_print, name="print"),
    path("<slug:drug>/monograph.pdf", pdf_views.monograph_pdf, name="pdf"),
    path("<slug:drug>/changes.atom", discovery_views.changes_atom, name="changes_atom"),
    path("<slug:drug>/editions/", views.edition_list, name="editions"),
    path("<slug:drug>/editions/<number:number>/", views.edition, name="edition"),
    path(
        "<slug:drug>/editions/<number:number>/changes/",
        views.edition_changes,
        name="edition_changes",
    ),
    path(
        "<slug:drug>/editions/<number:number>/discrepancies/",
        views.edition_discrepancies,
        name="edition_discrepancies",
    ),
    path(
        "<slug:drug>/editions/<number:number>/indications/<slug:key>/",
        views.edition_indication,
        name="edition_indication",
    ),
    path(
        "<slug:drug>/editions/<number:number>/print/",
        views.edition_print,
        name="edition_print",
    ),
    path(
        "<slug:drug>/editions/<number:number>/monograph.pdf",
        pdf_views.edition_pdf,
        name="edition_pdf",
    ),
    path(
        "<slug:drug>/editions/<number:number>/edition.json",
        export_views.edition_json,
        name="edition_json",
    ),
    *(
        path(
            f"<slug:drug>/editions/<number:number>/{file}",
            discovery_views.edition_citation,
            {"form": form},
            name=form,
        )
        for form, file in (
            ("edition_ris", "citation.ris"),
            ("edition_bibtex", "citation.bib"),
            ("edition_csl", "citation.csl.json"),
        )
    ),
    path(
        "<slug:drug>/editions/<number:number>/fhir.json",
        fhir_views.edition_fhir,
        name="edition_fhir",
    ),
]
