"""Bytes to segments to envelopes and back. X12 and EDIFACT are one core with two tables."""
