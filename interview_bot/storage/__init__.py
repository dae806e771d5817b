"""Tables, rows, transactions, and the queue of jobs and messages; SQLite and PostgreSQL."""
