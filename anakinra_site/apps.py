"""The site as an application: its accounts' pages in the admin, and its signals."""

from django.apps import AppConfig
from django.contrib.auth import signals
from django.db.models.signals import post_save


class SiteConfig(AppConfig):
    name = "anakinra_site"
    verbose_name = "Site"

    def ready(self) -> None:
        from axes.signals import user_locked_out

        from anakinra_site import accounts

        signals.user_logged_in.connect(accounts.begin_session)
        user_locked_out.connect(accounts.log_lockout)
        post_save.connect(accounts.end_sessions_of_the_deactivated, sender="auth.User")
        signals.user_logged_in.connect(accounts.events.log_sign_in)
        signals.user_login_failed.connect(accounts.events.log_sign_in_failure)
        signals.user_logged_out.connect(accounts.events.log_sign_out)
        post_save.connect(accounts.events.log_account_change, sender="admin.LogEntry")
        post_save.connect(accounts.events.log_new_password, sender="auth.User")
