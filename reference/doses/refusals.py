"""Why an edition gives no dose, and what is said with one that is not rechecked."""


def no_dosing_printed(indication_name: str, edition_label: str) -> str:
    """Return the refusal for an indication that the guide lists without a dose."""
    return (
        f"The {edition_label} edition lists {indication_name} and prints no dosing "
        "line for it. No dose was worked out, and none is borrowed from another line."
    )


def edition_not_in_force(asked: int, number: int, label: str) -> str:
    """Return the refusal for a page or a sheet whose edition is not in force."""
    return (
        f"This was asked of edition {asked}. The edition in force is {number} "
        f"({label}). No dose was worked out. Open the edition in force and ask again."
    )


def edition_not_verified() -> str:
    """Return the refusal for an edition that is not what the committee published."""
    return (
        "The stored edition does not match its fingerprint, so it is not what was "
        "published. No dose was worked out. Use the printed guide."
    )


def edition_not_rechecked(label: str, last_checked: str) -> str:
    """Return the caution for a dose that is worked out while the database is down."""
    return (
        f"The {label} edition was in force when that was last checked, {last_checked}. "
        "The site cannot check it now: a newer edition, or a withdrawal, would not "
        "show. Check the dose against another source."
    )


def edition_withdrawn(label: str) -> str:
    """Return the refusal for an edition that the committee has withdrawn."""
    return (
        f"The {label} edition has been withdrawn, and none has taken its place. "
        "No dose was worked out."
    )
