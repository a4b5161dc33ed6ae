"""Three sample students and a command that grades them."""
