"""Is a question fit to grade with?"""
