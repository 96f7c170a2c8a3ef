"""The three groups of the desk, and what each may do, by the names of permissions.

Groups are code: nobody changes one at the desk. They are set anew at every start, and
any other group gives no right.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.models import Group

from reference.models import Drug, Edition, Row

ACCOUNTS = {"auth.add_user", "auth.change_user", "auth.view_user", "auth.view_group"}


def permissions_of_groups() -> dict[str, set[str]]:
    """Return the permissions of each group, such as change_regimen."""
    models = set(installed_apps.get_app_config("reference").get_models())
    view = {_named("view", model) for model in models}
    rows = {model for model in models if issubclass(model, Row)}
    edit = {
        _named(act, model)
        for model in rows | {Drug, Edition}
        for act in ("add", "change")
    } | {_named("delete", model) for model in rows}
    return {
        "author": view | edit | {"reference.submit_edition"},
        "reviewer": view | {"reference.publish_edition", "reference.withdraw_edition"},
        "administrator": view | ACCOUNTS | {"reference.withdraw_edition"},
    }


def create_groups(
    using: str = "default", apps: Apps = installed_apps, **_: Any
) -> None:
    """Create the groups, or set every group right. Connected to post_migrate."""
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:  # migrated to before there were accounts
        return
    known = {
        f"{label}.{codename}": pk
        for pk, label, codename in permission_model.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for name, permissions in permissions_of_groups().items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        group.permissions.set(known[each] for each in permissions & known.keys())
    others = group_model.objects.using(using).exclude(name__in=permissions_of_groups())
    group_model.permissions.through.objects.using(using).filter(
        group__in=others
    ).delete()


def group_faults() -> Iterator[str]:
    """Yield which group gives other rights than are written here."""
    written, found = permissions_of_groups(), defaultdict[str, set[str]](set)
    for name, label, codename in Group.objects.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    ):
        found[name] |= {f"{label}.{codename}"} if codename else set()
    for name in sorted({*written, *found}):
        rights = written.get(name, set())
        for what, differing in (
            ("gives what it should not", found[name] - rights),
            ("does not give", rights - found[name]),
        ):
            if differing:
                listed = ", ".join(sorted(differing))
                yield f"the group {name} {what}: {listed}; start the site anew"


def _named(act: str, model: Any) -> str:
    return f"{model._meta.app_label}.{act}_{model._meta.model_name}"
