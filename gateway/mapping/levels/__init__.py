"""Ship notices: levels on the wire (X12 HL, EDIFACT CPS), flat facts in the document.

`declare` turns the map's `hierarchy` into ordinary rules that fill a list of `levels`; `fold` makes
the flat document of them, `spread` lays the `facts` of a document out as levels again; `said` tells
when two documents mean the same.
"""
