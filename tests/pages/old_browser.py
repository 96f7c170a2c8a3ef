"""What a browser of 2017 (Chrome 61) makes of this site's style sheet and scripts.

There is none to test with. Its ignorance is a list of names, from public compatibility
data, and is put upon today's Chromium: rules it would drop are dropped, and what its
scripts would not find is taken away.
"""

import json
import re
from pathlib import Path
from typing import Any

import tinycss2

LIST = Path(__file__).parent / "newer_than_chrome_61.txt"
# What a value may hold: everything else counts as not understood.
FUNCTIONS = {"attr", "calc", "counter", "inset", "minmax", "repeat", "rgba", "var"}
UNITS = {"", "deg", "em", "fr", "mm", "ms", "pt", "px", "rem", "s", "vh", "vw"}
NEWER_VALUES = {
    ("overflow-wrap", "anywhere"),
    ("overflow", "clip"),
    ("overflow-x", "clip"),
    ("overflow-y", "clip"),
}
NEEDED_BY_PLAYWRIGHT = {"BigInt64Array", "BigUint64Array", "globalThis"}
COLOUR_WITH_ALPHA = {4, 8}  # digits


def newer(section: str) -> set[str]:
    """Return the names of one section of the list."""
    text = LIST.read_text(encoding="utf-8")
    _, _, after = text.partition(f"[{section}]\n")
    names = set(after.partition("\n[")[0].split())
    assert names, section
    return names


PROPERTIES, SELECTORS = newer("properties"), newer("selectors")
AT_RULES, MEDIA = newer("at-rules"), newer("media features")


def sheet_as_read(css: str) -> tuple[str, list[str]]:
    """Return the style sheet without what is not understood, and what that was."""
    dropped: list[str] = []
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return _rules(rules, dropped), dropped


def _rules(rules: list[Any], dropped: list[str]) -> str:
    read = []
    for rule in rules:
        assert rule.type in ("qualified-rule", "at-rule"), rule
        head = tinycss2.serialize(rule.prelude).strip()
        if rule.type == "at-rule":
            read.append(_at_rule(rule, head, dropped))
        elif _has_newer_selector(rule.prelude):
            dropped.append(f"{head} {{}}")
        else:
            read.append(f"{head} {{{_declarations(rule.content, head, dropped)}}}")
    return "\n".join(read)


def _at_rule(rule: Any, head: str, dropped: list[str]) -> str:
    name = rule.lower_at_keyword
    words = set(re.findall(r"[a-z-]+", head))
    conditional = name in ("media", "supports")
    if name in AT_RULES or (name == "media" and words & MEDIA):
        dropped.append(f"@{name} {head}")
        return ""
    if name == "supports" and head.startswith("selector("):
        dropped.append(f"@{name} {head}")
        return ""
    if name == "supports" and words & PROPERTIES:
        assert not head.startswith("not"), "this condition would hold"
        dropped.append(f"@{name} {head}")
        return ""
    assert rule.content is not None, f"@{name}"
    if conditional:
        inner = tinycss2.parse_rule_list(
            rule.content, skip_comments=True, skip_whitespace=True
        )
        return f"@{name} {head} {{{_rules(inner, dropped)}}}"
    return f"@{name} {head} {{{_declarations(rule.content, f'@{name}', dropped)}}}"


def _has_newer_selector(prelude: list[Any]) -> bool:
    pseudo = False
    for token in prelude:
        name = getattr(token, "lower_value", getattr(token, "lower_name", ""))
        if pseudo and name in SELECTORS:
            return True
        if token.type in ("function", "() block", "[] block") and _has_newer_selector(
            getattr(token, "arguments", None) or getattr(token, "content", [])
        ):
            return True
        pseudo = token == ":"
    return False


def _declarations(content: list[Any], place: str, dropped: list[str]) -> str:
    read = []
    parsed = tinycss2.parse_blocks_contents(
        content, skip_comments=True, skip_whitespace=True
    )
    for it in parsed:
        if it.type != "declaration":  # a rule inside a rule
            dropped.append(f"{place} {{ {tinycss2.serialize([it])} }}")
        elif it.lower_name in PROPERTIES or not _value_is_read(it):
            dropped.append(f"{place} {{ {it.serialize()} }}")
        else:
            read.append(it.serialize())
    return "; ".join(read)


def _value_is_read(declaration: Any) -> bool:
    words = tinycss2.serialize(declaration.value).split()
    if any((declaration.lower_name, word) in NEWER_VALUES for word in words):
        return False
    return all(map(_is_read, declaration.value))


def _is_read(token: Any) -> bool:
    if token.type == "function":
        return token.lower_name in FUNCTIONS and all(map(_is_read, token.arguments))
    if token.type == "dimension":
        return token.lower_unit in UNITS
    if token.type == "hash":
        return len(token.value) not in COLOUR_WITH_ALPHA
    return True


def without_newer_interfaces() -> str:
    """Return a script that takes away what the browser would not have."""
    names = sorted(newer("scripts") - NEEDED_BY_PLAYWRIGHT)
    return f"var newerNames = new Set({json.dumps(names)});" + TAKE_AWAY


TAKE_AWAY = """
(() => {
    const take = (place, name) => {
        const found = Object.getOwnPropertyDescriptor(place, name);
        if (found && found.configurable && newerNames.has(name)) delete place[name];
    };
    for (const kind of Object.getOwnPropertyNames(window)) {
        const found = Object.getOwnPropertyDescriptor(window, kind);
        if (!/^[A-Z]/.test(kind) || typeof found.value !== "function") continue;
        for (const place of [found.value, found.value.prototype])
            if (place) Object.getOwnPropertyNames(place).forEach(it => take(place, it));
    }
    Object.getOwnPropertyNames(window).forEach(it => take(window, it));
})();
"""
