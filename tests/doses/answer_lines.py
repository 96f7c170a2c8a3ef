"""An answer as a page says it, line by line, without a page."""

from django.http import QueryDict

from reference.doses.answer import DoseAnswer
from reference.doses.request import answer_to, dose_context
from reference.doses.words import PresentedAnswer
from reference.doses.words.notes import Note
from reference.editions import Monograph
from reference.models import Edition


def answered(
    query: str, content: Monograph, edition: Edition
) -> tuple[DoseAnswer, PresentedAnswer]:
    """Return an answer, and how a page says it."""
    answer = answer_to(QueryDict(query), edition, content)
    shown = dose_context(answer, content, typed={})["shown"]
    assert isinstance(shown, PresentedAnswer)
    return answer, shown


def lines_of(query: str, content: Monograph, edition: Edition) -> list[str]:
    """Return every line outside the details, in the order of the page.

    "= " begins the large line, "=Y" where it is yellow; brackets are buttons, and what
    stands between "+ " and the foot is folded.
    """
    answer, shown = answered(query, content, edition)
    if answer.errors:
        texts = [text for texts in answer.errors.values() for text in texts]
        return ["There is a problem", *texts]
    lines = [shown.head, f"={'Y' * shown.is_by_weight} {shown.dose}", *shown.lines]
    if shown.choices:
        buttons = (
            f"[{' '.join(filter(None, (each.count, each.words)))}]"
            + "*" * each.is_chosen
            for each in shown.choices
        )
        lines.append(f"Divide into: {' '.join(buttons)} doses per day")
    lines += [shown.limit, *map(_note, shown.notes)]
    if shown.folded:
        lines += [f"+ {shown.more}", *map(_note, shown.folded)]
    if shown.yes:
        lines.append(f"[{shown.yes}] Change the weight")
    return [line for line in (*lines, shown.foot) if line]


def _note(note: Note) -> str:
    return f"{'▲ ' * note.is_marked}{note.text}"
