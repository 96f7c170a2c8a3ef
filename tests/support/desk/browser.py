"""A browser at the committee's desk without its window: pages, forms as they are sent.

It reads what the desk answers and types only where a page has a field for it. With
scripts it does one thing: it adds a row below another, as Django's own script does.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Self
from xml.etree.ElementTree import Element

import html5lib
from django.test import Client

BUTTONS = ("submit", "button", "reset", "image")


class NoSuchFieldError(AssertionError):
    """What is to be typed has no field on the page, or no choice of it."""


def words_of(element: Element) -> str:
    """The text of an element, spaces as they are shown."""
    return " ".join("".join(element.itertext()).split())


@dataclass
class Control:
    """One name of a form: its elements, of which several are a list of boxes."""

    elements: list[Element]

    @property
    def is_boxes(self) -> bool:
        return self.elements[0].get("type") in ("checkbox", "radio")

    @property
    def values(self) -> list[str]:
        """What is sent as long as nobody touches it."""
        (first, *_) = self.elements
        if self.is_boxes:
            ticked = [each for each in self.elements if "checked" in each.attrib]
            return [each.get("value", "on") for each in ticked]
        if first.tag == "textarea":
            text = "".join(first.itertext()).removeprefix("\n")
            return [text.replace("\n", "\r\n")]  # as every browser does
        if first.tag == "select":
            options = list(first.iter("option"))
            chosen = [each for each in options if "selected" in each.attrib]
            return [each.get("value", words_of(each)) for each in chosen or options[:1]]
        return [first.get("value", "")]

    @property
    def choices(self) -> list[str]:
        """What a list shows to choose from."""
        return [words_of(option) for option in self.elements[0].iter("option")]

    def sent_for(self, value: Any) -> list[str]:
        """What is sent once this value is typed, ticked or chosen.

        Raises NoSuchFieldError for a choice that there is not exactly once, and for
        text that is longer than a browser would let anyone type.
        """
        (first, *_) = self.elements
        if self.is_boxes and isinstance(value, bool):
            return [first.get("value", "on")] if value else []
        if self.is_boxes:
            there = {each.get("value") for each in self.elements}
            if not set(value) <= there:
                raise NoSuchFieldError(f"{value} is none of the boxes {there}")
            return list(value)
        if first.tag == "select":
            return [self._option(self._typed(value))]
        text = self._typed(value)
        if len(text) > int(first.get("maxlength", len(text))):
            raise NoSuchFieldError(f"no room for all of {text!r}")
        return [text]

    def _option(self, wanted: str) -> str:
        """The value of the one option that has this value or is shown as this."""
        options = self.elements[0].iter("option")
        pairs = [(each.get("value", ""), words_of(each)) for each in options]
        found = [value for value, shown in pairs if wanted in (value, shown)]
        if len(found) != 1:
            raise NoSuchFieldError(f"{wanted!r} is there {len(found)} times in {pairs}")
        return found[0]

    def _typed(self, value: Any) -> str:
        """The text of a value; lists and ends of lines as browsers send them."""
        is_long = self.elements[0].tag == "textarea"
        if isinstance(value, list):
            return json.dumps(value) if is_long else ", ".join(map(str, value))
        text = "" if value is None else str(value)
        return text.replace("\n", "\r\n") if is_long else text


@dataclass
class Form:
    """A form as a page shows it, being filled in."""

    address: str
    controls: dict[str, Control]
    filled: int = 0
    typed: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, name: str, value: Any) -> None:
        """Type a value, unless the field shows it already."""
        if name not in self.controls:
            raise NoSuchFieldError(f"no field {name} for {value!r}")
        control = self.controls[name]
        before, after = control.values, control.sent_for(value)
        if sorted(before) == sorted(after):
            return
        self.typed[name] = after
        self.filled += len(set(before) ^ set(after)) if control.is_boxes else 1

    def add_below(self, prefix: str) -> str:
        """Add an empty row below this one; return how the names of its fields begin."""
        total = f"{prefix}-TOTAL_FORMS"
        (count,) = self.sent[total]
        empty, new = f"{prefix}-__prefix__-", f"{prefix}-{count}-"
        if not any(name.startswith(empty) for name in self.controls):
            raise NoSuchFieldError(f"no row of {prefix} can be added here")
        self.controls |= {
            name.replace(empty, new): control
            for name, control in self.controls.items()
            if name.startswith(empty)
        }
        self.typed[total] = [str(int(count) + 1)]
        return new

    @property
    def sent(self) -> dict[str, list[str]]:
        shown = {name: control.values for name, control in self.controls.items()}
        return shown | self.typed


@dataclass
class DeskBrowser:
    """A member's browser: the page it is on, the pages loaded, the fields filled."""

    client: Client
    address: str = ""
    page: Element = field(default_factory=lambda: Element("html"))
    loads: int = 0
    filled: int = 0

    def open(self, address: str) -> Self:
        return self._show(self.client.get(address, follow=True), address)

    def follow(self, name: str) -> Self:
        """Follow the link that is called this."""
        addresses = {
            link.get("href", "")
            for link in self.page.iter("a")
            if name in (link.get("aria-label"), words_of(link))
        }
        if len(addresses) != 1:
            raise NoSuchFieldError(f"{len(addresses)} links are called {name}")
        return self.open(addresses.pop())

    def form(self, button: str) -> Form:
        """The form on the page that has this button."""
        element, _ = self._form_and_button(button)
        controls = dict[str, Control]()
        for each in filter(_can_be_filled, element.iter()):
            controls.setdefault(each.get("name", ""), Control([])).elements.append(each)
        return Form(element.get("action") or self.address, controls)

    def press(self, button: str, form: Form | None = None) -> Self:
        """Send the form of this button, as it was filled in; the desk has to take it.

        Raises AssertionError with what the page says where the desk refuses.
        """
        form = form or self.form(button)
        name = self._form_and_button(button)[1].get("name")
        pressed = {name: [button]} if name else {}
        answer = self.client.post(form.address, form.sent | pressed)
        assert answer.status_code == 302, _said(answer)
        self.filled += form.filled
        return self.open(answer.headers["Location"])

    def _form_and_button(self, name: str) -> tuple[Element, Element]:
        for form in self.page.iter("form"):
            for each in form.iter():
                kind = each.get("type", "submit" if each.tag == "button" else "")
                if kind == "submit" and name in (each.get("value"), words_of(each)):
                    return form, each
        raise NoSuchFieldError(f"no form has the button {name}")

    def _show(self, answer: Any, address: str) -> Self:
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        chain = answer.redirect_chain
        self.loads += 1 + len(chain)
        self.address = chain[-1][0] if chain else address
        text = answer.content.decode()
        self.page = html5lib.parse(text, namespaceHTMLElements=False)
        return self


def _can_be_filled(element: Element) -> bool:
    is_control = element.tag in ("input", "select", "textarea")
    is_button = element.tag == "input" and element.get("type") in BUTTONS
    is_off = "disabled" in element.attrib
    return is_control and not is_button and not is_off and bool(element.get("name"))


def _said(answer: Any) -> str:
    """Why the desk did not take a form, in its own words."""
    page = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    lists = [it for it in page.iter() if "error" in it.get("class", "")]
    return f"{answer.status_code}: {' | '.join(words_of(each) for each in lists)}"
