"""An EDI and B2B gateway: partners' X12 and EDIFACT on one side, canonical JSON on the other."""

__version__ = "0.1.0"
