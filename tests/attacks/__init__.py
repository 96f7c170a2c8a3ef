"""Attacks on the site as it ships, each tried for real and counted for the report.

S1 guessing: test_guessing, tests/test_access, tests/test_second_factor
S2 forged forms: test_forged_requests, tests/test_admin
S3 sessions: test_stolen_sessions, tests/test_access
S4 more rights than given: test_escalation, tests/test_publishing, tests/test_desk,
   tests/test_triggers
S5 drafts: test_side_doors, tests/test_leaks, tests/test_search
S6 another host: test_hosts, tests/test_nginx, tests/test_server
S7 ways out by next: test_stolen_sessions
S8 caches: test_cache_poisoning
S9 what compression tells: a public page holds no secret (tests/test_access,
   test_stolen_sessions)
S10 scripts: test_injected_scripts, tests/test_search
S11 headers: test_headers, test_shipped_headers, tests/test_security_headers
S12 transport and files: test_malformed, tests/test_nginx, tests/test_settings
S13 logs: test_log_injection, tests/test_server
Smuggling and slow clients, which have no number: test_smuggling, test_slow_clients.
"""
