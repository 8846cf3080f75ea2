"""The form as a Word document: written with python-docx, read back as values. No Flask, no database."""
