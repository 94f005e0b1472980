"""Acknowledgments: TA1, 997 and CONTRL built from findings, and those of partners read."""
