"""Print what no XML document may hold: control characters, ends of sections, entities, lone surrogates.

Surface: JUnit files.
Stopped by: characters that XML lacks are shown as their numbers, the rest is escaped.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    evil = "\x00\x01\x08\x0b\x0c\x0e\x1f\ufffe\uffff\ud800]]></failure></testcase><testcase name='x'/>&evil;<!--"
    print(evil.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    raise ValueError(evil)
