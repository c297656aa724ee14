"""Small specs that together send every input member of AWS that a spec can reach.

`NAME.yaml` is created, `NAME.then.yaml` is the same stack after a change in place, `NAME.last.yaml` after another one.
"""
