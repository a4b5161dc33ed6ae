"""Put elements and attributes of HTML into all that a report may show.

Surface: reports read in a browser.
Stopped by: text is escaped where it is written; the JSON is pure data.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    evil = "</script></pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>&lt;{{7*7}}"
    print(evil)
    if factor == 2.0:
        return {evil: evil}
    raise type(evil, (ValueError,), {})(evil)
