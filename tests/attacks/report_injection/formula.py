"""Begin texts with the signs by which spreadsheets know a formula.

Surface: tables opened in a spreadsheet.
Stopped by: of a student's text, nothing reaches a table of marks; JSON holds it as data.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    evil = "=HYPERLINK(\"http://evil.example\",\"4/4\")"
    print("=cmd|' /C calc'!A0\n+1+1\n-1-1\n@SUM(A1)\t=1,\"2\";3")
    if factor == 2.0:
        return {evil: 1.0}
    raise type(evil, (ValueError,), {})(evil)
