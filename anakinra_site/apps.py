"""The site as an application: its accounts' pages in the admin, and its signals."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save


class SiteConfig(AppConfig):
    name = "anakinra_site"
    verbose_name = "Site"

    def ready(self) -> None:
        from axes.signals import user_locked_out

        from .sessions import begin_session, end_sessions_of_the_deactivated
        from .throttling import log_lockout

        user_logged_in.connect(begin_session)
        user_locked_out.connect(log_lockout)
        post_save.connect(end_sessions_of_the_deactivated, sender="auth.User")
