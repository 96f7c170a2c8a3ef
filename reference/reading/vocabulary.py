"""Words that change a dose: left over in a line, they are refused, never skipped."""

import re

UNITS_OF_TIME = r"(?:second|minute|min|hour|day|week|fortnight|month|year)s?"
UNITS_OF_BODY = r"kg|m2|lbs?|pounds?|stone|bsa"
UNITS_OF_DOSE = (
    r"mg|microgram|nanogram|ng|g|units?|iu|mu|u|ml|l|cc|mmol|meq|tablets?|tabs?|"
    r"capsules?|vials?|ampoules?|syringes?|pens?|drops?|puffs?|sprays?|patch(?:es)?|"
    r"doses|injections of|percent"
)
UNIT = rf"(?:{UNITS_OF_DOSE}|{UNITS_OF_BODY}|{UNITS_OF_TIME})"
FREQUENCIES = (
    r"daily|nightly|weekly|fortnightly|monthly|quarterly|yearly|annually|hourly|"
    r"bi-?weekly|bi-?monthly|semi-?weekly|once|twice|thrice|times?|every|each|other|"
    r"alternate|alternating|consecutive|qd|qod|od|bd|bid|tid|qid|qhs|prn|stat|"
    r"as (?:needed|required)|(?:if|when) (?:needed|required)|bedtime|morning|evening|"
    r"noon|continuous(?:ly)?|q ?[0-9]+"
)
LIMITS = (
    r"max(?:imum|imal)?|min(?:imum|imal)?|exceed(?:ing)?|up to|at (?:most|least)|"
    r"more|less|fewer|greater|over|under|above|below|between|older|younger|heavier|"
    r"lighter|limit(?:ed)?|cap(?:ped)?"
)
CHANGES = (
    r"increas\w*|decreas\w*|reduc\w*|titrat\w*|escalat\w*|doubl\w*|halv\w*|half|"
    r"tripl\w*|quarter|third|repeat\w*|thereafter|then(?! (?:a )?taper)|additional|"
    r"(?:followed|preceded)(?! by (?:a )?taper)|per|divided|single|bolus|apart|"
    r"loading|maintenance|after|before|if|when|or|first|second|fourth|last|off|"
    r"lean|ideal|adjust\w*|actual|surface|cycles?|courses?|skip\w*|omit\w*|hold|paus\w*|interrupt\w*|cumulative|lifetime|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|week-?ends?|weekdays?"
)
ANY_NUMBER = r"[0-9][0-9.,]*"
SIGNS = (
    r"[<>≤≥=~±+%#&@^|\\°½¼¾⅓⅔]|(?<![\w)¦])-(?= ?[0-9])|(?<=[0-9])/|/(?= ?[0-9])|"
    r"[^\W\d_](?<=[^\x00-\u024f\u0370-\u03ff])|(?![0-9])\d"
)
# What may be left of a line, the longer forms first: "100 mg", "every", "<".
LEFT = re.compile(
    rf"{ANY_NUMBER}(?: ?(?:{UNIT})\b)?|{SIGNS}|"
    rf"\b(?:{UNIT}|{FREQUENCIES}|{LIMITS}|{CHANGES})\b"
)
# In a name, numbers are no amounts: COVID-19, interleukin-1, type 2.
LEFT_IN_NAME = re.compile(
    rf"(?:[<>≤≥] ?)?{ANY_NUMBER} ?(?:{UNIT})\b|\b(?:{FREQUENCIES})\b|[<>≤≥] ?[0-9]+|"
    # A negation of what was read and struck out: "not for adults".
    r"\b(?:not|non|no|without|except|excluding)\b[ -](?:\w+ ){0,2}?(?=¦)"
)
NEGATIONS = re.compile(
    r"\b(?:not|no|non|nor|neither|never|none|without|don't|cannot|can't|except|"
    r"excluding|unless|avoid|contraindicated|stop|discontinue|withhold)\b"
)
# How sure a duration is, and how a course ends: words of the fields, in both alike.
COURSE = re.compile(
    r"\b(?:usually|generally|typically|about|approximately|until|taper)"
)
