"""What people are told and how it reaches them: the list of messages, and delivery. No Flask, no database."""
