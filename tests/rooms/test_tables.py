"""Tables beside the tests: each is read by the test whose promise is its title."""

import re
from pathlib import Path

from django.conf import settings

from tests.support.tables import name_of, tables_in


def test_every_table_beside_a_test_is_read_by_it() -> None:
    tables = sorted(Path(settings.BASE_DIR, "tests").rglob("test_*.txt"))
    assert tables
    for file in tables:
        source = file.with_suffix(".py").read_text(encoding="utf-8")
        read = re.findall(r"@each_row\([^@]*?\ndef test_(\w+)\(", source)
        read += map(name_of, re.findall(r'__file__, "(.+?)"', source))
        assert tables_in(file).keys() <= set(read), file
