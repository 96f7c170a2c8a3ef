"""The committee's desk: Django's admin for a draft's rows, and a page for each act.

It shows and saves; what may be done, and by whom, is decided in reference.publishing.
"""

from .manual import manual_page

__all__ = ["manual_page"]
