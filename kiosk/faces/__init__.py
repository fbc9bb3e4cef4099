"""Faces: find one, judge whether it can be used, compare it with the document's.

All of it happens on the terminal, in a worker process; pictures and measures of a face
stay in memory and go when the visit ends.
"""
