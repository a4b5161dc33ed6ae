"""Put the markup of the library that draws the terminal's reports into messages and keys.

Surface: markup of rich: colours, links, emoji.
Stopped by: students' text is never read as markup.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    evil = "[bold green]✓ passed[/] [link=file:///etc/passwd]click[/link] :skull: [/nonsense] [@click=app.bell]x[/]"
    print(evil)
    if factor == 2.0:
        return {evil: 1.0}
    raise ValueError(evil)
