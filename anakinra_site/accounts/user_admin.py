"""The accounts' pages in the admin: Django's own, and less that one could do alone.

The secrets of the second factor have no page: an administrator can remove one only.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import second_factor
from .sessions import end_sessions

admin.site.unregister([User, Group, TOTPDevice, StaticDevice])


@admin.register(Group)
class ReadOnlyGroupAdmin(GroupAdmin):
    """Groups are read here: what each may do is code, for superusers as well."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts. Who is no superuser cannot make one, nor give rights to themselves."""

    list_display = (
        "username",
        "first_name",
        "last_name",
        "is_staff",
        "is_active",
        "second_factor",
    )
    actions = ("end_all_sessions", "remove_second_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(has_app=Exists(apps))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions, without Django's own: an account is deleted by itself."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = set(super().get_readonly_fields(request, obj))
        if not request.user.is_superuser:
            fixed |= {"is_superuser", "user_permissions"}
            if obj == request.user:
                fixed |= {"is_active", "is_staff", "groups"}
        return tuple(sorted(fixed))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and self._reaches(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and self._reaches(request, obj)

    def _reaches(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or request.user.is_superuser or not obj.is_superuser

    @admin.display(boolean=True, description="second factor")
    def second_factor(self, user: Any) -> bool:
        return bool(user.has_app)

    @admin.action(description="End all sessions", permissions=["change"])
    def end_all_sessions(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """End every session of the users, except the one that asks for it."""
        for user in self._within_reach(request, chosen):
            ended = end_sessions(user, keep=request.session.session_key)
            self.log_change(request, user, "Ended all sessions.")
            messages.success(request, f"Sessions of {user} that were ended: {ended}.")

    @admin.action(description="Remove the second factor", permissions=["change"])
    def remove_second_factor(
        self, request: HttpRequest, chosen: QuerySet[User]
    ) -> None:
        """Let users who lost their phone set up a new one; their sessions end."""
        for user in self._within_reach(request, chosen):
            if user == request.user:
                messages.error(request, "Your own is replaced on its page, by a code.")
                continue
            second_factor.remove(user)
            end_sessions(user)
            self.log_change(request, user, "Removed the second factor.")
            messages.success(
                request,
                f"The second factor of {user} is removed. Whoever signs in next with "
                "the password sets up a new one: make sure that it is them.",
            )

    def _within_reach(self, request: HttpRequest, chosen: QuerySet[User]) -> list[User]:
        """Return those users whom the requester may change; say so of the others."""
        users = []
        for user in chosen:
            if self.has_change_permission(request, user):
                users.append(user)
            else:
                messages.error(request, f"{user} is changed by a superuser only.")
        return users
