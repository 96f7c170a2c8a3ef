"""Who gets in: first accounts, signing in, the second factor, sessions, guessing.

`events` write the one line that each event of an account leaves.
"""

from . import events
from .first import announcement, create_first_accounts, set_random_password
from .second_factor import remove
from .second_factor_pages import second_factor_page, set_up_second_factor
from .sessions import begin_session, end_sessions, end_sessions_of_the_deactivated
from .throttling import log_lockout

__all__ = [
    "announcement",
    "begin_session",
    "create_first_accounts",
    "end_sessions",
    "end_sessions_of_the_deactivated",
    "events",
    "log_lockout",
    "remove",
    "second_factor_page",
    "set_random_password",
    "set_up_second_factor",
]
