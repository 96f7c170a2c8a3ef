"""The three groups of the desk, and what each may do, by the names of permissions.

Set anew after every migration: a group of these names is as written here.
"""

from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps

from reference.models import Drug, Edition, Row

ACCOUNTS = {
    f"auth.{act}_{model}"
    for act in ("add", "change", "view")
    for model in ("user", "group")
}


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
    """Create the groups, or set them right. Connected to post_migrate."""
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


def _named(act: str, model: Any) -> str:
    return f"{model._meta.app_label}.{act}_{model._meta.model_name}"
