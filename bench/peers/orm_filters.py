"""The peers' number filter, as Django's templates ask for one."""

from django.template import Library

from bench.peers.plain import plain

register = Library()
register.filter(plain)
