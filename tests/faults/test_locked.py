"""Something else holds the database: who reads reads on, who saves is told so at once.

The held lock is another process's, since the site is a server of its own here. `make
faults` waits as production does, and holds each lock for ten seconds.
"""
