"""The monograph as one page whose body is a stream, a block for each kind of row."""

from typing import Any

from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page


def texts(*names: str, **others: blocks.Block) -> blocks.StructBlock:
    """Return a block of texts of these names, and of other blocks."""
    parts = [(name, blocks.CharBlock(required=False)) for name in names]
    return blocks.StructBlock([*parts, *others.items()])


FLAGS = blocks.ListBlock(texts("key", "number", "ruling", "title"))
NAMES = blocks.ListBlock(texts("name"))
LINE = texts(
    *("key", "route", "population", "printed", "low", "high", "basis"),
    *("increase_to", "doses_per_day_low", "doses_per_day_high", "divided"),
    *("max_per_dose", "max_per_dose_unit", "max_per_day", "max_per_day_unit"),
    *("maximum_source", "duration_high", "duration_unit", "duration_words"),
    flags=FLAGS,
)
ROW = ("key", "text", "printed", "revised_on")


class MonographPage(Page):
    """One edition of one drug."""

    body: Any = StreamField(
        [
            ("drug", texts("slug", "generic_name", "brand_name", "drug_class")),
            (
                "edition",
                texts(
                    *("number", "label", "printed_title", "overview", "revised_on"),
                    *("revision_line", "issuer", "publisher", "jurisdiction"),
                    *("disclaimer", "fingerprint"),
                ),
            ),
            ("headings", texts("section", "printed", "lead", "footnote")),
            (
                "indications",
                texts(
                    *("key", "name", "status", "status_note", "printed"),
                    names=NAMES,
                    lines=blocks.ListBlock(LINE),
                    flags=FLAGS,
                ),
            ),
            ("contraindications", texts(*ROW, flags=FLAGS)),
            ("warnings", texts(*ROW, "number", flags=FLAGS)),
            (
                "reaction_groups",
                texts(
                    *("key", "population", "threshold_percent", "note", "printed"),
                    items_of_group=NAMES,
                    flags=FLAGS,
                ),
            ),
            (
                "preparations",
                texts(
                    *(*ROW, "strength_mg", "strength_ml"),
                    *("smallest_dose_mg", "smallest_dose_source"),
                    flags=FLAGS,
                ),
            ),
            ("administration", texts(*ROW, "route", flags=FLAGS)),
            ("storage", texts(*ROW, flags=FLAGS)),
            (
                "monitoring",
                texts(
                    *(*ROW, "name", "note"),
                    months=blocks.ListBlock(blocks.IntegerBlock()),
                    flags=FLAGS,
                ),
            ),
            ("discrepancies", texts("key", "title", "dose_relevant")),
            ("resources", texts("title", "url")),
        ]
    )
    template = "monograph.html"

    class Meta:
        app_label = "wagtail_peer"

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the blocks by their kind, as the peers' template asks for them."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        by_kind: dict[str, list[Any]] = {}
        for block in self.body:
            by_kind.setdefault(block.block_type, []).append(block.value)
        headings: dict[str, list[Any]] = {}
        for heading in by_kind.pop("headings"):
            headings.setdefault(heading["section"], []).append(heading)
        (drug,), (edition,) = by_kind.pop("drug"), by_kind.pop("edition")
        context |= {"drug": drug, "edition": edition, "headings": headings}
        return context | by_kind | {"in_force": True}
