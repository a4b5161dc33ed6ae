"""Study sheets, papers, keys and cards from the bank's questions; stands on ``grader.bank`` alone."""
