"""Which answers a page of another site may read: exports, which are public files.

Every other answer is kept from it by its browser: a dose, a page, a search, the desk.
"""

from .public import with_headers

# No cookie is read at these addresses, so nothing can be read in a reader's name. A
# plain GET asks for no leave beforehand: OPTIONS stays 405.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
readable_from_anywhere = with_headers(HEADERS)
