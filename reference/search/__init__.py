"""What readers find: passages of every edition in force, and indications of one.

`index_drug(drug)` stores what is in force in words.py's words; look_up.py finds them.
"""

from .index import create_full_text_index, index_drug

__all__ = ["create_full_text_index", "index_drug"]
