"""The guide of an invented drug, which uses what the guide of anakinra does not."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from reference.models import Edition

FIXTURE = Path(__file__).parent / "examplimab_2026_01.json"
SLUG = "examplimab"


def load_second_guide() -> Edition:
    """Load and publish the invented guide, as any guide is."""
    call_command("load_guide", str(FIXTURE), stdout=StringIO())
    return Edition.objects.select_related("drug").get(drug__slug=SLUG)
