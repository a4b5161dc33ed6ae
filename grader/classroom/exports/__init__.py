"""Records -> the files that other systems import: Canvas, Moodle, Gradescope, JUnit."""
