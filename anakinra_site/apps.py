"""The site as an application: its accounts' pages in the admin, and its signals."""

from django.apps import AppConfig
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db.models.signals import post_save


class SiteConfig(AppConfig):
    name = "anakinra_site"
    verbose_name = "Site"

    def ready(self) -> None:
        from axes.signals import user_locked_out

        from .accounts import (
            begin_session,
            end_sessions_of_the_deactivated,
            events,
            log_lockout,
        )

        user_logged_in.connect(begin_session)
        user_locked_out.connect(log_lockout)
        post_save.connect(end_sessions_of_the_deactivated, sender="auth.User")
        user_logged_in.connect(events.log_sign_in)
        user_login_failed.connect(events.log_sign_in_failure)
        user_logged_out.connect(events.log_sign_out)
        post_save.connect(events.log_account_change, sender="admin.LogEntry")
        post_save.connect(events.log_new_password, sender="auth.User")
