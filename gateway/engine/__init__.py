"""The work: receive, translate, deliver, acknowledge, and the way back.

Every lasting effect is one transaction of the store; files are edges that are repeated until
they are confirmed, and repeating them is harmless.
"""
