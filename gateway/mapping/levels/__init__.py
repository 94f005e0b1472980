"""Ship notices: levels on the wire (X12 HL, EDIFACT CPS), flat facts in the document.

`declare` turns the map's `hierarchy` into ordinary rules that fill a list of `levels`; `fold` makes
the flat document of them, `spread` lays a document out as levels again; `facts` says when two
documents mean the same.
"""
