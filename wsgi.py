"""Where a server finds the application: ``gunicorn wsgi:app`` or ``flask --app wsgi``."""

from ehiia import create_app

app = create_app()
