"""What a child does to itself before it reads a byte of the student's: one module a kind of lock."""
