"""The public addresses: those of each package, first of all what is no drug's."""

from reference import openapi
from reference.doses.urls import urlpatterns as doses
from reference.drawn.urls import urlpatterns as drawn
from reference.exports.urls import urlpatterns as exports
from reference.monitoring.urls import urlpatterns as monitoring
from reference.pages.urls import urlpatterns as pages
from reference.search.urls import urlpatterns as search

app_name = "reference"
urlpatterns = [
    *exports,
    *search,
    *openapi.urlpatterns,
    *doses,
    *monitoring,
    *drawn,
    *pages,
]
