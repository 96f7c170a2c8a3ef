"""The command line of granian, whose workers are started and not forked.

Its first process has threads by then, and a fork copies the locks that they hold: of
200 starts, 2 had a worker that took connections and never answered.
"""

import multiprocessing

from granian.cli import cli

if __name__ == "__main__":  # each worker reads this module, too
    multiprocessing.set_start_method("spawn")
    cli()
