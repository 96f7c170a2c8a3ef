"""What every answer carries: headers, compression, tags, caching."""

from .accept import wants_json
from .caching import NEVER_STORED, never_stored
from .compression import SMALL, chosen_encoding, is_storable, pack, tag_of
from .cross_origin import readable_from_anywhere
from .no_cookies import ADMIN
from .public import HtmxHttpRequest, public_page
from .security_headers import allow_styles

__all__ = [
    "ADMIN",
    "NEVER_STORED",
    "SMALL",
    "HtmxHttpRequest",
    "allow_styles",
    "chosen_encoding",
    "is_storable",
    "never_stored",
    "pack",
    "public_page",
    "readable_from_anywhere",
    "tag_of",
    "wants_json",
]
