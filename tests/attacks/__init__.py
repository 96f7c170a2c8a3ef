"""Attacks on the site as it ships, each tried for real and counted for the report.

Beside each kind stand the tests of the rule itself, elsewhere in tests/.

S1 guessing: test_guessing.py, tests/site/accounts/
S2 forged forms: test_forged_requests.py, tests/desk/test_admin.py
S3 sessions: test_stolen_sessions.py, tests/site/accounts/test_access.py
S4 more rights than given: test_escalation.py, tests/publishing/test_publishing.py,
   tests/desk/test_acts.py, tests/keeping/test_triggers.py
S5 drafts: test_side_doors.py, tests/desk/test_leaks.py, tests/search/test_search.py
S6 another host: test_hosts.py, tests/site/starting/
S7 ways out by next: test_stolen_sessions.py
S8 caches: test_cache_poisoning.py
S9 what compression tells: a public page holds no secret (test_stolen_sessions.py)
S10 scripts: test_injected_scripts.py, tests/search/test_search.py
S11 headers: test_headers.py, test_shipped_headers.py, tests/site/http/
S12 transport and files: test_malformed.py, tests/site/starting/test_nginx.py,
   tests/site/test_settings.py
S13 logs: test_log_injection.py, tests/site/test_logs.py
Smuggling and slow clients, which have no number: test_smuggling.py,
test_slow_clients.py.
"""
