"""What readers find: a guide, a row of its table, or any passage of one in force.

`index_drug(drug)` stores what is in force in words.py's words; terms.py reads what was
typed as terms, look_up.py finds them, and hits.py says what is shown. `find_words` is
for the field that narrows the table on its own page. Another name of a drug leads to
its guide (other_names.py).
"""

from .index import create_full_text_index, index_drug
from .names import find_words

__all__ = ["create_full_text_index", "find_words", "index_drug"]
