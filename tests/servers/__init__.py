"""Real servers for the tests: PostgreSQL, SMTP, the application itself, and a browser. All on loopback."""
