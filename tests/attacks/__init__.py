"""Attacks on the site as it ships, each tried for real and counted for the report.

S1 guessing: test_guessing, tests/site/accounts/
S2 forged forms: test_forged_requests, tests/desk/test_admin
S3 sessions: test_stolen_sessions, tests/site/accounts/test_access
S4 more rights than given: test_escalation, tests/publishing/test_publishing,
   tests/desk/test_acts, tests/keeping/test_triggers
S5 drafts: test_side_doors, tests/desk/test_leaks, tests/search/
S6 another host: test_hosts, tests/site/starting/
S7 ways out by next: test_stolen_sessions
S8 caches: test_cache_poisoning
S9 what compression tells: a public page holds no secret (test_stolen_sessions)
S10 scripts: test_injected_scripts, tests/search/
S11 headers: test_headers, test_shipped_headers, tests/site/http/test_security_headers
S12 transport and files: test_malformed, tests/site/starting/test_nginx,
   tests/site/test_settings
S13 logs: test_log_injection, tests/site/test_logs
Smuggling and slow clients, which have no number: test_smuggling, test_slow_clients.
"""
