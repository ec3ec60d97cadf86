"""Measures of the whole from above: quality, honesty, speed.

The name is the field's and the folder's; it hides the builtin only in a module that says `import eval`,
so the project always writes `from eval.x import y` (a test holds it).
"""
