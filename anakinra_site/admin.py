"""Where Django looks for the site's pages of the desk: those of accounts."""

from .accounts import user_admin as user_admin
