"""A second guide beside the first, with one line."""

import pytest
from django.contrib.auth.models import User

from reference.models import Edition
from tests.support.guides.small_guide import begin_guide, publish, with_line


@pytest.fixture
def second_guide(author: User, reviewer: User, published_edition: Edition) -> Edition:
    draft = with_line(begin_guide(author), by=author)
    return publish(draft, author=author, reviewer=reviewer)
