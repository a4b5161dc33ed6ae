"""A class: many submissions in, a gradebook out, in steps that can be stopped and gone on with at any moment.

The way of the data: `intake` and `roster` say who there is and where their files lie; `work` grades one student;
`engines` do so for many at a time; `journal` keeps each result as it comes; `gradebook`, `statistics`, `summary`,
`pages` and `exports` are made of the journal. `run` is the whole trip on one page.
"""
